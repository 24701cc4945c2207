"""FHIR Device and DeviceUseStatement: what becomes a loan, from which day, and of which thing."""

import datetime as dt

import pytest

from interchange.records import Kind, StartBasis
from tests.interchange.samples import SNOMED, person, read_resource, statement, thing

RECORDED = {"recordedOn": "2024-07-08T16:00:00-05:00"}
UDI = {"carrierHRF": "(01)77(11)240115(10)LOT7(21)SN-1", "entryType": "barcode"}


def coded(code, text="Manual wheelchair (physical object)"):
    return {"coding": [{"system": SNOMED, "code": code, "display": text}], "text": text}


def read_use(folder, *, device=None, **elements):
    return read_resource(folder, person(), device or thing(), statement(**elements))


@pytest.mark.parametrize(
    ("elements", "start", "end", "basis"),
    [
        ({"timingPeriod": {"start": "2024-01-02"}}, dt.date(2024, 1, 2), None, StartBasis.PERIOD),
        (
            {"timingPeriod": {"start": "2024-01-02", "end": "2024-01-02T09:00:00Z"}, "status": "completed"},
            dt.date(2024, 1, 2),
            dt.datetime(2024, 1, 2, 9, tzinfo=dt.UTC),
            StartBasis.PERIOD,
        ),
        ({"timingPeriod": {"start": "2024-01-02"}, **RECORDED}, dt.date(2024, 1, 2), None, StartBasis.PERIOD),
        ({"timingDateTime": "2024-01-02", "status": "on-hold"}, dt.date(2024, 1, 2), None, StartBasis.MOMENT),
        (RECORDED, dt.datetime.fromisoformat(RECORDED["recordedOn"]), None, StartBasis.RECORDED),
    ],
)
def test_a_loan_takes_the_best_dates_there_are_and_says_which(tmp_path, elements, start, end, basis):
    (loan,) = (reading := read_use(tmp_path, **elements)).loans

    assert (loan.checked_out_at, loan.returned_at, loan.start_basis) == (start, end, basis)
    assert loan.patient_key == reading.patients[0].source_key
    assert loan.item.name == "Walker"
    assert not reading.skips


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        ({}, "no full start date"),
        ({"timingPeriod": {"start": "2024-01"}}, "no full start date"),
        ({"timingPeriod": {"end": "2024-01-02"}, **RECORDED}, "no full start date"),
        ({"timingPeriod": {"start": "2024-01-02", "end": "2024"}}, "it has ended, but no full end date is recorded"),
        ({"status": "completed", **RECORDED}, "it has ended, but no full end date is recorded"),
        ({"status": "stopped", "timingDateTime": "2024-01-02"}, "it has ended, but no full end date is recorded"),
        ({"status": "intended", **RECORDED}, "the status is intended"),
        ({"status": "entered-in-error", **RECORDED}, "the status is entered-in-error"),
    ],
)
def test_no_date_is_invented(tmp_path, elements, reason):
    reading = read_use(tmp_path, **elements)
    assert reading.reasons[f"DeviceUseStatement: {reason}"] == 1
    assert not reading.loans
    assert not reading.failures


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        ({"timingPeriod": {"start": "2024-01-02", "end": "2023-01-02"}}, "it ends before it starts"),
        ({"uses": "Device/nothing", **RECORDED}, "its device is not among the records read"),
        ({"of": "Patient/nobody", **RECORDED}, "its patient is not among the records read"),
        ({"own_id": None, **RECORDED}, "without an id a second import would enter this loan again"),
        ({"status": "lost", **RECORDED}, "not a valid DeviceUseStatement: status"),
    ],
)
def test_what_is_broken_fails(tmp_path, elements, message):
    reading = read_use(tmp_path, **elements)
    assert [(failure.kind, failure.message) for failure in reading.failures] == [(Kind.EQUIPMENT, message)]
    assert not reading.loans


@pytest.mark.parametrize(
    ("device", "reason"),
    [
        (thing(patient={"reference": "Patient/p-1"}), "Device: held by a patient, but no loan dates"),
        (thing(), "Device: no loan of it was recorded"),
        (thing(type=coded("337414009", "Blood glucose meter")), "Device: not mobility equipment"),
        (thing(deviceName=[]), "Device: it has no name"),
        (thing(status="entered-in-error"), "Device: entered in error"),
    ],
)
def test_a_device_that_no_statement_uses_gives_nothing(tmp_path, device, reason):
    reading = read_resource(tmp_path, person(), device)
    assert [(skip.kind, skip.reason) for skip in reading.skips] == [(Kind.EQUIPMENT, reason)]
    assert not reading.loans


@pytest.mark.parametrize(
    ("device", "reason"),
    [
        (thing(type=coded("337414009", "Blood glucose meter")), "not mobility equipment"),
        (thing(deviceName=[]), "it has no name"),
    ],
)
def test_a_statement_about_another_device_is_skipped_once(tmp_path, device, reason):
    reading = read_use(tmp_path, device=device, **RECORDED)
    assert reading.reasons == {f"DeviceUseStatement: {reason}": 1}


@pytest.mark.parametrize(
    ("device", "name"),
    [
        (thing(type=coded("228869008"), deviceName=[]), "Manual wheelchair"),
        (thing(type=coded("228869008")), "Walker"),
        (
            thing(type=coded("467068002", "Walker"), deviceName=[{"name": "ACME 7", "type": "manufacturer-name"}]),
            "Walker",
        ),
        (thing(deviceName=[{"name": "ACME 7", "type": "model-name"}]), "ACME 7"),
        (thing(type={"coding": [{"system": "urn:our-codes", "code": "WALKER"}]}), "Walker"),
    ],
)
def test_a_thing_is_named_as_people_say_it(tmp_path, device, name):
    assert read_use(tmp_path, device=device, **RECORDED).loans[0].item.name == name


def test_serial_number_and_lot_come_from_the_device_or_its_udi(tmp_path):
    (loan,) = read_use(tmp_path, device=thing(udiCarrier=[UDI], manufacturer="ACME"), **RECORDED).loans
    assert (loan.item.serial_number, loan.item.lot_number, loan.item.manufacturer) == ("SN-1", "LOT7", "ACME")
    assert loan.item.udi == UDI["carrierHRF"]

    (loan,) = read_use(tmp_path, device=thing(udiCarrier=[UDI], serialNumber="OWN"), **RECORDED).loans
    assert loan.item.serial_number == "OWN"


def test_a_device_without_serial_number_is_one_thing_for_each_patient(tmp_path):
    resources = [
        person(),
        person("p-2"),
        thing(),
        statement(**RECORDED),
        statement("u-2", of="Patient/p-2", **RECORDED),
    ]
    loans = read_resource(tmp_path, *resources).loans
    assert len({loan.item.source_key for loan in loans}) == 2


def test_a_device_with_a_serial_number_is_the_same_thing_whoever_has_it(tmp_path):
    device = thing(serialNumber="SN-1")
    resources = [person(), person("p-2"), device, statement(**RECORDED), statement("u-2", of="Patient/p-2", **RECORDED)]
    loans = read_resource(tmp_path, *resources).loans
    assert len({loan.item.source_key for loan in loans}) == 1


def test_later_statements_about_a_thing_still_out_add_no_loan(tmp_path):
    later, first = statement("u-1", recordedOn="2024-07-10"), statement("u-2", recordedOn="2024-07-08")
    ended = statement("u-3", timingPeriod={"start": "2024-01-01", "end": "2024-02-01"})

    reading = read_resource(tmp_path, person(), thing(), later, first, ended)

    assert [loan.origin.resource for loan in reading.loans] == ["DeviceUseStatement/u-2", "DeviceUseStatement/u-3"]
    assert reading.reasons == {"the thing was out to this patient already": 1}


def test_a_contained_device_is_the_thing(tmp_path):
    use = statement(uses="#d", contained=[thing("d")], **RECORDED)
    assert read_resource(tmp_path, person(), use).loans[0].item.name == "Walker"


def test_a_device_that_is_only_named_is_a_thing(tmp_path):
    use = {**statement(**RECORDED), "device": {"display": "Bath board"}}
    assert read_resource(tmp_path, person(), use).loans[0].item.name == "Bath board"


def test_a_device_that_is_not_named_gives_no_loan(tmp_path):
    use = {**statement(**RECORDED), "device": {"identifier": {"system": "urn:x", "value": "7"}}}
    assert read_resource(tmp_path, person(), use).reasons == {"DeviceUseStatement: its device is not named": 1}
