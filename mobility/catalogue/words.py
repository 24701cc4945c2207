"""Every catalogue text that people read, for makemessages. Made by mobility.catalogue.extract; do not edit."""
# fmt: off

from django.utils.translation import gettext_noop

# Translators: name of an outcome measure
gettext_noop("Barthel Index")
# Translators: version of BI
gettext_noop("original weighting, 0 to 100")
# Translators: hint when entering BI
gettext_noop("Enter the 0 to 100 version only. A total from the 0 to 20 version does not belong here.")
# Translators: scale of BI
gettext_noop("Total")
# Translators: population of a set of bands of BI
gettext_noop("Stroke rehabilitation; widely reused")
# Translators: band of BI
gettext_noop("Total dependency")
# Translators: band of BI
gettext_noop("Severe dependency")
# Translators: band of BI, short for charts
gettext_noop("Severe")
# Translators: band of BI
gettext_noop("Moderate dependency")
# Translators: band of BI, short for charts
gettext_noop("Moderate")
# Translators: band of BI
gettext_noop("Slight dependency")
# Translators: band of BI, short for charts
gettext_noop("Slight")
# Translators: band of BI
gettext_noop("Independent in these activities")
# Translators: band of BI, short for charts
gettext_noop("Independent")
# Translators: name of an outcome measure
gettext_noop("Berg Balance Scale")
# Translators: version of BBS
gettext_noop("14 items, 0 to 56")
# Translators: population of a set of bands of BBS
gettext_noop("Older adults living in the community")
# Translators: band of BBS
gettext_noop("Increased fall risk (historic cut-off)")
# Translators: band of BBS, short for charts
gettext_noop("Increased fall risk")
# Translators: population of a set of bands of BBS
gettext_noop("Older adults")
# Translators: band of BBS
gettext_noop("Low balance ability (typically wheelchair level)")
# Translators: band of BBS, short for charts
gettext_noop("Low")
# Translators: band of BBS
gettext_noop("Medium balance ability (typically walks with assistance)")
# Translators: band of BBS, short for charts
gettext_noop("Medium")
# Translators: band of BBS
gettext_noop("High balance ability (typically independent)")
# Translators: band of BBS, short for charts
gettext_noop("High")
# Translators: name of an outcome measure
gettext_noop("Timed Up and Go")
# Translators: version of TUG
gettext_noop("rise, walk 3 m, turn, return, sit")
# Translators: hint when entering TUG
gettext_noop("If the person could not finish, say so in the notes; do not enter a large number.")
# Translators: scale of TUG
gettext_noop("Time")
# Translators: population of a set of bands of TUG
gettext_noop("Frail older adults")
# Translators: band of TUG
gettext_noop("Freely mobile")
# Translators: band of TUG
gettext_noop("Mostly independent")
# Translators: band of TUG
gettext_noop("Variable mobility")
# Translators: band of TUG, short for charts
gettext_noop("Variable")
# Translators: band of TUG
gettext_noop("Impaired mobility")
# Translators: band of TUG, short for charts
gettext_noop("Impaired")
# Translators: population of a set of bands of TUG
gettext_noop("Adults of 65 and over living in the community")
# Translators: band of TUG
gettext_noop("At risk of falling")
# Translators: population of a set of bands of TUG
gettext_noop("Parkinson disease")
# Translators: band of TUG
gettext_noop("Fall risk (Parkinson)")
# Translators: band of TUG, short for charts
gettext_noop("Fall risk")
# Translators: population of a set of bands of TUG
gettext_noop("Sarcopenia work-up, older adults")
# Translators: band of TUG
gettext_noop("Low physical performance")
# Translators: band of TUG, short for charts
gettext_noop("Low performance")
# Translators: name of an outcome measure
gettext_noop("Tinetti Performance-Oriented Mobility Assessment")
# Translators: version of POMA
gettext_noop("28-point form, balance 16 and gait 12")
# Translators: hint when entering POMA
gettext_noop("Enter totals of the 28-point form only; other forms have other maxima.")
# Translators: scale of POMA
gettext_noop("Balance")
# Translators: scale of POMA
gettext_noop("Gait")
# Translators: band of POMA
gettext_noop("High fall risk")
# Translators: band of POMA
gettext_noop("Moderate fall risk")
# Translators: band of POMA
gettext_noop("Low fall risk")
# Translators: name of an outcome measure
gettext_noop("Elderly Mobility Scale")
# Translators: version of EMS
gettext_noop("7 items, 0 to 20")
# Translators: population of a set of bands of EMS
gettext_noop("Frail older inpatients")
# Translators: band of EMS
gettext_noop("Dependent in mobility")
# Translators: band of EMS, short for charts
gettext_noop("Dependent")
# Translators: band of EMS
gettext_noop("Borderline for safe independent mobility")
# Translators: band of EMS, short for charts
gettext_noop("Borderline")
# Translators: band of EMS
gettext_noop("Independent in basic mobility")
# Translators: name of an outcome measure
gettext_noop("Functional Ambulation Category")
# Translators: version of FAC
gettext_noop("six levels, numbered 0 to 5")
# Translators: hint when entering FAC
gettext_noop("Levels 0 to 5. On a form that numbers them 1 to 6, subtract 1.")
# Translators: scale of FAC
gettext_noop("Category")
# Translators: population of a set of bands of FAC
gettext_noop("Neurological rehabilitation")
# Translators: band of FAC
gettext_noop("Needs physical help to walk")
# Translators: band of FAC, short for charts
gettext_noop("Needs physical help")
# Translators: band of FAC
gettext_noop("Walks with supervision")
# Translators: band of FAC, short for charts
gettext_noop("With supervision")
# Translators: band of FAC
gettext_noop("Walks independently")
# Translators: name of an outcome measure
gettext_noop("10 Metre Walk Test")
# Translators: version of 10MWT
gettext_noop("comfortable speed")
# Translators: hint when entering 10MWT
gettext_noop("Comfortable pace, in metres per second. Fast pace is a different series.")
# Translators: scale of 10MWT
gettext_noop("Comfortable gait speed")
# Translators: population of a set of bands of 10MWT
gettext_noop("Sarcopenia work-up, older adults (defined for usual gait speed, normally over 4 m)")
# Translators: population of a set of bands of 10MWT
gettext_noop("Stroke")
# Translators: band of 10MWT
gettext_noop("Household walking")
# Translators: band of 10MWT, short for charts
gettext_noop("Household")
# Translators: band of 10MWT
gettext_noop("Limited community walking")
# Translators: band of 10MWT, short for charts
gettext_noop("Limited community")
# Translators: band of 10MWT
gettext_noop("Community walking")
# Translators: band of 10MWT, short for charts
gettext_noop("Community")
# Translators: name of an outcome measure
gettext_noop("Katz Index of Independence in Activities of Daily Living")
# Translators: version of Katz ADL
gettext_noop("6 items scored 0 or 1")
# Translators: hint when entering Katz ADL
gettext_noop("Enter how many of the 6 activities are independent; not the 6 to 18 version, not a count of dependencies.")
# Translators: band of Katz ADL
gettext_noop("Severe impairment")
# Translators: band of Katz ADL
gettext_noop("Moderate impairment")
# Translators: band of Katz ADL
gettext_noop("Full function")
