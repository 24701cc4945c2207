"""Documents that are made from the code are current."""

from io import StringIO

from django.core.management import call_command


def test_the_data_dictionary_and_the_er_diagram_are_current():
    call_command("data_dictionary", "--check", stdout=StringIO())
