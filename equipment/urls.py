from django.urls import path

from equipment.views import custody, register

app_name = "equipment"

CHART = "patients/<uuid:patient_id>/equipment/"

urlpatterns = [
    path(CHART, custody.show_custody, name="show_custody"),
    path(f"{CHART}check-out/", custody.check_out, name="check_out"),
    path(f"{CHART}<int:log_id>/return/", custody.return_item, name="return_item"),
    path(f"{CHART}<int:log_id>/lost/", custody.mark_lost, name="mark_lost"),
    path(f"{CHART}<int:log_id>/due-back/", custody.change_due_date, name="change_due_date"),
    path(f"{CHART}<int:log_id>/void/", custody.void_entry, name="void_entry"),
    path("equipment/", register.list_items, name="list_items"),
    path("equipment/register/", register.register_item, name="register_item"),
    path("equipment/<int:item_id>/", register.show_item, name="show_item"),
    path("equipment/<int:item_id>/edit/", register.edit_item, name="edit_item"),
    path("equipment/<int:item_id>/repair/", register.send_to_repair, name="send_to_repair"),
    path("equipment/<int:item_id>/lost/", register.mark_item_lost, name="mark_item_lost"),
    path("equipment/<int:item_id>/retire/", register.retire_item, name="retire_item"),
    path("equipment/<int:item_id>/stock/", register.return_to_stock, name="return_to_stock"),
    path("equipment/<int:item_id>/entries/<int:log_id>/void/", register.void_item_entry, name="void_item_entry"),
]
