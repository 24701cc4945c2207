"""Every write to the equipment register and the custody log. Views, commands and importers call these.

Times that people enter are kept to the minute; `record_loan` keeps a source's times as they are.
"""

from equipment.services.corrections import void_entry
from equipment.services.loans import change_due_date, check_out, mark_lost, record_loan, return_item
from equipment.services.register import edit_item, register_item
from equipment.services.store import mark_item_lost, retire_item, return_to_stock, send_to_repair

__all__ = [
    "change_due_date",
    "check_out",
    "edit_item",
    "mark_item_lost",
    "mark_lost",
    "record_loan",
    "register_item",
    "retire_item",
    "return_item",
    "return_to_stock",
    "send_to_repair",
    "void_entry",
]
