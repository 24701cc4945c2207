"""Why a record was not entered. All texts are safe to print: they name fields and rules, never what a field holds."""


class NotEntered(Exception):
    """The record's unit of work ends here, and is undone."""


class Unchanged(NotEntered):
    """It was imported before and says the same."""


class Skipped(NotEntered):
    """A sound record that is not entered. The text is the same for the same cause, to be counted."""


class Failed(NotEntered):
    """The record is broken, or contradicts what the clinic has: somebody must look at it."""
