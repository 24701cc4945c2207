"""LOINC codes of Section GG: which activity an Observation is about, whether it is a goal, and what was answered.

The activities' codes were seen in the PACIO sample data (bundles and tables) and in public forms of CMS
assessments; the answers' in the same forms, each beside the number that CMS prints. A code that was not seen is not here.
"""

SECTION_GG = "section_gg"

ABILITIES = {
    "83232-9": "GG0130A",  # eating
    "83230-3": "GG0130B",  # oral hygiene
    "83228-7": "GG0130C",  # toileting hygiene
    "83226-1": "GG0130E",  # shower or bathe
    "83224-6": "GG0130F",  # upper body dressing
    "83222-0": "GG0130G",  # lower body dressing
    "83220-4": "GG0130H",  # footwear
    "83218-8": "GG0170A",  # roll left and right
    "83216-2": "GG0170B",  # sit to lying
    "83214-7": "GG0170C",  # lying to sitting
    "83212-1": "GG0170D",  # sit to stand
    "83210-5": "GG0170E",  # bed-to-chair transfer
    "83208-9": "GG0170F",  # toilet transfer
    "83206-3": "GG0170G",  # car transfer
    "83204-8": "GG0170I",  # walk 10 feet
    "83202-2": "GG0170J",  # walk 50 feet with two turns
    "83200-6": "GG0170K",  # walk 150 feet
    "83198-2": "GG0170L",  # walk 10 feet on uneven surfaces
    "83196-6": "GG0170M",  # one step
    "83194-1": "GG0170N",  # four steps
    "83192-5": "GG0170O",  # twelve steps
    "83190-9": "GG0170P",  # pick up object
    "83188-3": "GG0170R",  # wheel 50 feet with two turns
    "83235-2": "GG0170S",  # wheel 150 feet
    "95011-3": "GG0170A",  # the same activities, usual performance during the assessment period
    "95009-7": "GG0170C",
    "95007-1": "GG0170E",
    "95006-3": "GG0170F",
    "95005-5": "GG0170G",
    "95004-8": "GG0170I",
    "95003-0": "GG0170J",
    "95015-4": "GG0130E",
    "95014-7": "GG0130F",
    "95013-9": "GG0130G",
    "95012-1": "GG0130H",
    "95010-5": "GG0170B",
    "95008-9": "GG0170D",
    "95002-2": "GG0170K",
    "95001-4": "GG0170L",
    "95000-6": "GG0170M",
    "94999-0": "GG0170N",
    "94998-2": "GG0170O",
    "94997-4": "GG0170P",
    "89410-5": "GG0130A",  # the same, without a period
    "89405-5": "GG0130B",
    "57245-3": "GG0130C",
    "89397-4": "GG0130E",
    "89388-3": "GG0130F",
    "89407-1": "GG0130G",
    "89401-4": "GG0130H",
    "89399-0": "GG0170A",
    "89395-8": "GG0170B",
    "85926-4": "GG0170C",
    "89393-3": "GG0170D",
    "89415-4": "GG0170E",
    "89386-7": "GG0170I",
    "89382-6": "GG0170J",
}

GOALS = {
    "83217-0": "GG0170A",
    "83215-4": "GG0170B",
    "83213-9": "GG0170C",
    "83211-3": "GG0170D",
    "83209-7": "GG0170E",
    "83207-1": "GG0170F",
    "83205-5": "GG0170G",
    "83203-0": "GG0170I",
    "83201-4": "GG0170J",
    "83199-0": "GG0170K",
    "83197-4": "GG0170L",
    "83195-8": "GG0170M",
    "83193-3": "GG0170N",
    "83191-7": "GG0170O",
    "83189-1": "GG0170P",
    "83187-5": "GG0170R",
    "83236-0": "GG0170S",
    "89409-7": "GG0130A",  # the same, during the assessment period
    "89390-9": "GG0170F",
    "89412-1": "GG0170G",
    "89385-9": "GG0170I",
    "89383-4": "GG0170K",
    "89420-4": "GG0170M",
    "89416-2": "GG0170N",
    "89418-8": "GG0170O",
    "89402-2": "GG0170P",
    "89404-8": "GG0130B",
    "89389-1": "GG0130C",
    "89396-6": "GG0130E",
    "89387-5": "GG0130F",
    "89406-3": "GG0130G",
    "89400-6": "GG0130H",
    "89398-2": "GG0170A",
    "89394-1": "GG0170B",
    "85927-2": "GG0170C",
    "89392-5": "GG0170D",
    "89414-7": "GG0170E",
    "89381-8": "GG0170J",
    "89379-2": "GG0170L",
    "89375-0": "GG0170R",
    "89377-6": "GG0170S",
}

# "Patient" and "person" versions of the answer lists have different codes for the same level.
ANSWERS = {
    "LA9983-3": "6",
    "LA30909-8": "6",
    "LA10073-7": "5",
    "LA30910-6": "5",
    "LA28225-3": "4",
    "LA30911-4": "4",
    "LA11757-4": "4",
    "LA10055-4": "3",
    "LA11758-2": "3",
    "LA11759-0": "2",
    "LA27665-1": "1",
    "LA30914-8": "1",
    "LA10058-8": "07",
    "LA30915-5": "07",
    "LA28226-1": "09",
    "LA28227-9": "10",
    "LA26735-3": "88",
    "LA30917-1": "88",  # the "person" list prints 90 for a short-term medical condition or safety concerns
}

# What an answer is sent as.
ANSWER_CODES = {"07": "LA10058-8", "09": "LA28226-1", "10": "LA28227-9", "88": "LA26735-3"}
