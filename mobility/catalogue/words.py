"""Every catalogue text that people read, for makemessages. Made by mobility.catalogue.extract; do not edit."""
# fmt: off

from django.utils.translation import gettext_noop

# Translators: name of an outcome measure
gettext_noop("Barthel Index")
# Translators: version of BI
gettext_noop("original weighting, 0 to 100")
# Translators: hint when entering BI
gettext_noop("Enter the 0 to 100 version only. A total from the 0 to 20 version does not belong here.")
# Translators: licence of BI
gettext_noop("Maryland State Medical Society holds copyright; non-commercial use with citation is usual, commercial use or modification needs permission. Use own labels and ask before a commercial release.")
# Translators: scale of BI
gettext_noop("Total")
# Translators: item of BI
gettext_noop("Feeding")
# Translators: answer of BI
gettext_noop("Unable")
# Translators: answer of BI
gettext_noop("Needs help")
# Translators: answer of BI
gettext_noop("Independent")
# Translators: item of BI
gettext_noop("Bathing")
# Translators: answer of BI
gettext_noop("Dependent")
# Translators: item of BI
gettext_noop("Grooming")
# Translators: item of BI
gettext_noop("Dressing")
# Translators: item of BI
gettext_noop("Bowel control")
# Translators: answer of BI
gettext_noop("Incontinent")
# Translators: answer of BI
gettext_noop("Occasional accident")
# Translators: answer of BI
gettext_noop("Continent")
# Translators: item of BI
gettext_noop("Bladder control")
# Translators: item of BI
gettext_noop("Toilet use")
# Translators: item of BI
gettext_noop("Bed-chair transfer")
# Translators: answer of BI
gettext_noop("Major help")
# Translators: answer of BI
gettext_noop("Minor help")
# Translators: item of BI
gettext_noop("Mobility on level")
# Translators: answer of BI
gettext_noop("Immobile")
# Translators: answer of BI
gettext_noop("Wheelchair independent")
# Translators: answer of BI
gettext_noop("Walks with help")
# Translators: item of BI
gettext_noop("Stairs")
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
# Translators: population of a size of change of BI
gettext_noop("Chronic stroke, n=60, retest about 2 weeks")
# Translators: population of a size of change of BI
gettext_noop("Stroke inpatients; published as 1.85 on the 0-20 version, multiplied by 5")
# Translators: caution about BI
gettext_noop("A 0-20 version (Collin 1988) exists, used e.g. in Dutch FHIR profiles; do not mix. 0-100 = 5 x 0-20 when items correspond.")
# Translators: caution about BI
gettext_noop("Ceiling effect: 100 does not mean able to live alone.")
# Translators: caution about BI
gettext_noop("Measurement error varies with the level of function (heteroscedastic, Yang 2022); a fixed MDC is a rough guide.")
# Translators: caution about BI
gettext_noop("MCID (9.25) is below the MDC (16.2): single-patient changes of 10 or 15 points are inside measurement error for chronic stroke.")
# Translators: caution about BI
gettext_noop("The MCID is a group-mean figure and its MCID group was 20 patients.")
# Translators: name of an outcome measure
gettext_noop("Modified Barthel Index (Shah version)")
# Translators: version of MBI
gettext_noop("Shah version, 10 items, 0 to 100")
# Translators: hint when entering MBI
gettext_noop("Shah version only; other modified Barthel versions do not belong here.")
# Translators: licence of MBI
gettext_noop("Descriptors are copyrighted by the journal/authors; list own labels only. Ask before commercial release.")
# Translators: item of MBI
gettext_noop("Personal hygiene")
# Translators: item of MBI
gettext_noop("Bathing self")
# Translators: item of MBI
gettext_noop("Toilet")
# Translators: item of MBI
gettext_noop("Stair climbing")
# Translators: item of MBI
gettext_noop("Chair-bed transfer")
# Translators: item of MBI
gettext_noop("Ambulation")
# Translators: item of MBI
gettext_noop("Wheelchair instead of ambulation")
# Translators: when an item of MBI is scored
gettext_noop("Person cannot walk and is trained in wheelchair use; then it replaces ambulation, so the maximum reachable is 90")
# Translators: population of a set of bands of MBI
gettext_noop("Stroke rehabilitation")
# Translators: caution about MBI
gettext_noop("Several other 'modified Barthel' versions exist (Granger, Collin/Wade); store the version.")
# Translators: caution about MBI
gettext_noop("Do not code MBI totals with the Barthel LOINC total without noting the version.")
# Translators: name of an outcome measure
gettext_noop("Katz Index of Independence in Activities of Daily Living")
# Translators: version of Katz ADL
gettext_noop("6 items scored 0 or 1")
# Translators: hint when entering Katz ADL
gettext_noop("Enter how many of the 6 activities are independent; not the 6 to 18 version, not a count of dependencies.")
# Translators: licence of Katz ADL
gettext_noop("Widely reproduced without charge for clinical use (e.g. by the Hartford Institute); use own labels.")
# Translators: item of Katz ADL
gettext_noop("Toileting")
# Translators: item of Katz ADL
gettext_noop("Transferring")
# Translators: item of Katz ADL
gettext_noop("Continence")
# Translators: population of a set of bands of Katz ADL
gettext_noop("Older adults")
# Translators: band of Katz ADL
gettext_noop("Severe impairment")
# Translators: band of Katz ADL
gettext_noop("Moderate impairment")
# Translators: band of Katz ADL
gettext_noop("Full function")
# Translators: caution about Katz ADL
gettext_noop("Some systems score each item 1-3 (total 6-18, US Veterans Affairs) or count dependencies (reverse direction). Store the version.")
# Translators: caution about Katz ADL
gettext_noop("All six items must be answered.")
# Translators: name of an outcome measure
gettext_noop("Functional Independence Measure")
# Translators: version of FIM
gettext_noop("18 items, 18 to 126")
# Translators: hint when entering FIM
gettext_noop("Enter motor and cognitive together, 18 to 126.")
# Translators: licence of FIM
gettext_noop("Trademark and licence of UDSMR; enter sub-totals only. Total = motor + cognitive.")
# Translators: scale of FIM
gettext_noop("Motor")
# Translators: scale of FIM
gettext_noop("Cognitive")
# Translators: population of a size of change of FIM
gettext_noop("Stroke, long-term acute care hospital, n=113")
# Translators: when to repeat FIM
gettext_noop("Admission and discharge of inpatient rehabilitation")
# Translators: caution about FIM
gettext_noop("MCID was physician-rated and depends on the admission score (larger change needed at low admission scores).")
# Translators: caution about FIM
gettext_noop("US inpatient rehabilitation replaced FIM with Section GG from October 2019; expect historic data.")
# Translators: name of an outcome measure
gettext_noop("CMS Section GG Functional Abilities")
# Translators: version of GG
gettext_noop("7 self-care and 15 mobility activities")
# Translators: licence of GG
gettext_noop("US government work; CMS data specifications state public domain.")
# Translators: scale of GG
gettext_noop("Self-care score")
# Translators: scale of GG
gettext_noop("Mobility score")
# Translators: item of GG
gettext_noop("Eating")
# Translators: answer of GG
gettext_noop("Substantial/maximal help")
# Translators: answer of GG
gettext_noop("Partial/moderate help")
# Translators: answer of GG
gettext_noop("Supervision or touching help")
# Translators: answer of GG
gettext_noop("Set-up or clean-up help")
# Translators: item of GG
gettext_noop("Oral hygiene")
# Translators: item of GG
gettext_noop("Toileting hygiene")
# Translators: item of GG
gettext_noop("Shower or bathe self")
# Translators: item of GG
gettext_noop("Upper body dressing")
# Translators: item of GG
gettext_noop("Lower body dressing")
# Translators: item of GG
gettext_noop("Footwear on and off")
# Translators: item of GG
gettext_noop("Roll left and right")
# Translators: item of GG
gettext_noop("Sit to lying")
# Translators: item of GG
gettext_noop("Lying to sitting at bedside")
# Translators: item of GG
gettext_noop("Sit to stand")
# Translators: item of GG
gettext_noop("Toilet transfer")
# Translators: item of GG
gettext_noop("Car transfer")
# Translators: item of GG
gettext_noop("Walk 10 feet")
# Translators: item of GG
gettext_noop("Walk 50 feet with two turns")
# Translators: item of GG
gettext_noop("Walk 150 feet")
# Translators: item of GG
gettext_noop("Walk 10 feet on uneven surface")
# Translators: item of GG
gettext_noop("One step or curb")
# Translators: item of GG
gettext_noop("Four steps")
# Translators: item of GG
gettext_noop("Twelve steps")
# Translators: item of GG
gettext_noop("Pick up object")
# Translators: item of GG
gettext_noop("Wheel 50 feet with two turns")
# Translators: when an item of GG is scored
gettext_noop("Wheelchair user; the CMS substitution rule differs by setting and year and is not encoded here")
# Translators: item of GG
gettext_noop("Wheel 150 feet")
# Translators: when an item of GG is scored
gettext_noop("Wheelchair user")
# Translators: why an activity of GG was not attempted
gettext_noop("Refused")
# Translators: why an activity of GG was not attempted
gettext_noop("Not applicable (did not do before the current problem)")
# Translators: why an activity of GG was not attempted
gettext_noop("Environmental limits")
# Translators: why an activity of GG was not attempted
gettext_noop("Medical or safety reason")
# Translators: how older sums of GG counted
gettext_noop("Legacy quality-measure scoring counted a not-attempted activity as 1; CMS moved to statistical imputation for reporting from FY2025. Label such a sum 'legacy recode'. A dash means no total.")
# Translators: when to repeat GG
gettext_noop("Skilled nursing Part A stay: admission = first 3 days, discharge = last 3 days; usual performance, not best")
# Translators: caution about GG
gettext_noop("Which GG items are collected differs by setting (nursing facility, IRF, home health, LTCH) and by year; a sum is only comparable over the same item set.")
# Translators: caution about GG
gettext_noop("Admission, goal and discharge observations carry different LOINC codes; only three are listed.")
# Translators: name of an outcome measure
gettext_noop("Lawton Instrumental Activities of Daily Living Scale")
# Translators: version of Lawton IADL
gettext_noop("8 items scored 0 or 1")
# Translators: hint when entering Lawton IADL
gettext_noop("Score all 8 activities for everyone; the 5-item version does not belong here.")
# Translators: licence of Lawton IADL
gettext_noop("Gerontological Society of America holds copyright; non-commercial clinical use is usual. Descriptors not reproduced.")
# Translators: item of Lawton IADL
gettext_noop("Telephone use")
# Translators: item of Lawton IADL
gettext_noop("Shopping")
# Translators: item of Lawton IADL
gettext_noop("Food preparation")
# Translators: item of Lawton IADL
gettext_noop("Housekeeping")
# Translators: item of Lawton IADL
gettext_noop("Laundry")
# Translators: item of Lawton IADL
gettext_noop("Transport use")
# Translators: item of Lawton IADL
gettext_noop("Managing medication")
# Translators: item of Lawton IADL
gettext_noop("Managing finances")
# Translators: caution about Lawton IADL
gettext_noop("Historic practice scored men on 5 items (0-5, leaving out food, housekeeping, laundry). Score all 8 for everyone unless a site insists; store the version.")
# Translators: caution about Lawton IADL
gettext_noop("No agreed severity bands; show the count only.")
# Translators: name of an outcome measure
gettext_noop("Berg Balance Scale")
# Translators: version of BBS
gettext_noop("14 items, 0 to 56")
# Translators: licence of BBS
gettext_noop("Distributed free for clinical use; level descriptors belong to the authors/publisher and are not reproduced.")
# Translators: item of BBS
gettext_noop("Stand unsupported")
# Translators: item of BBS
gettext_noop("Sit unsupported")
# Translators: item of BBS
gettext_noop("Stand to sit")
# Translators: item of BBS
gettext_noop("Transfers")
# Translators: item of BBS
gettext_noop("Stand with eyes closed")
# Translators: item of BBS
gettext_noop("Stand with feet together")
# Translators: item of BBS
gettext_noop("Reach forward")
# Translators: item of BBS
gettext_noop("Pick up object from floor")
# Translators: item of BBS
gettext_noop("Turn to look behind")
# Translators: item of BBS
gettext_noop("Turn 360 degrees")
# Translators: item of BBS
gettext_noop("Alternate foot on stool")
# Translators: item of BBS
gettext_noop("Stand one foot in front")
# Translators: item of BBS
gettext_noop("Stand on one leg")
# Translators: population of a set of bands of BBS
gettext_noop("Older adults living in the community")
# Translators: band of BBS
gettext_noop("Increased fall risk (historic cut-off)")
# Translators: band of BBS, short for charts
gettext_noop("Increased fall risk")
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
# Translators: population of a size of change of BBS
gettext_noop("Over 65 in physiotherapy, no stroke/Parkinson/recent hip replacement, n=118")
# Translators: population of a size of change of BBS
gettext_noop("Community dwellers over 65 with falls or near-falls, n=42")
# Translators: population of a size of change of BBS
gettext_noop("Chronic stroke, n=56")
# Translators: population of a size of change of BBS
gettext_noop("Early/subacute stroke")
# Translators: population of a size of change of BBS
gettext_noop("Early subacute stroke, needs help to walk")
# Translators: caution about BBS
gettext_noop("The single 45-point cut-off misses many fallers; treat as one input. In stroke, published cut-offs cluster at 46.5-50.5 (Matsumoto et al., 2024, J Rehabil Med 56, scoping review; abstract checked).")
# Translators: caution about BBS
gettext_noop("Choose the Donoghue & Stokes row by the EARLIER score.")
# Translators: caution about BBS
gettext_noop("Ceiling effect in fit community dwellers.")
# Translators: name of an outcome measure
gettext_noop("Tinetti Performance-Oriented Mobility Assessment")
# Translators: version of POMA
gettext_noop("28-point form, balance 16 and gait 12")
# Translators: hint when entering POMA
gettext_noop("Enter totals of the 28-point form only; other forms have other maxima.")
# Translators: licence of POMA
gettext_noop("Copyright Mary Tinetti; free clinical use is customary, permission advised for software. Own labels only; if in doubt enter the two sub-totals.")
# Translators: scale of POMA
gettext_noop("Balance")
# Translators: scale of POMA
gettext_noop("Gait")
# Translators: item of POMA
gettext_noop("Sitting balance")
# Translators: item of POMA
gettext_noop("Rising")
# Translators: item of POMA
gettext_noop("Attempts needed to rise")
# Translators: item of POMA
gettext_noop("Standing balance first seconds")
# Translators: item of POMA
gettext_noop("Standing balance")
# Translators: item of POMA
gettext_noop("Response to nudge")
# Translators: item of POMA
gettext_noop("Standing eyes closed")
# Translators: item of POMA
gettext_noop("Turn 360 - step continuity")
# Translators: item of POMA
gettext_noop("Turn 360 - steadiness")
# Translators: item of POMA
gettext_noop("Sitting down")
# Translators: item of POMA
gettext_noop("Gait initiation")
# Translators: item of POMA
gettext_noop("Right step length")
# Translators: item of POMA
gettext_noop("Right foot clearance")
# Translators: item of POMA
gettext_noop("Left step length")
# Translators: item of POMA
gettext_noop("Left foot clearance")
# Translators: item of POMA
gettext_noop("Step symmetry")
# Translators: item of POMA
gettext_noop("Step continuity")
# Translators: item of POMA
gettext_noop("Path deviation")
# Translators: item of POMA
gettext_noop("Trunk sway")
# Translators: item of POMA
gettext_noop("Heel distance while walking")
# Translators: band of POMA
gettext_noop("High fall risk")
# Translators: band of POMA
gettext_noop("Moderate fall risk")
# Translators: band of POMA
gettext_noop("Low fall risk")
# Translators: population of a size of change of POMA
gettext_noop("Older residents of care homes; 4.0-4.2 reported for an individual")
# Translators: population of a size of change of POMA
gettext_noop("Stroke inpatients")
# Translators: caution about POMA
gettext_noop("Many POMA versions exist with other maxima (e.g. 40 points); bands apply to the 28-point form only.")
# Translators: name of an outcome measure
gettext_noop("Timed Up and Go")
# Translators: version of TUG
gettext_noop("rise, walk 3 m, turn, return, sit")
# Translators: hint when entering TUG
gettext_noop("If the person could not finish, say so in the notes; do not enter a large number.")
# Translators: licence of TUG
gettext_noop("Procedure is free to use.")
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
# Translators: population of a size of change of TUG
gettext_noop("Mild to moderately severe Parkinson disease, n=72, 14-day retest")
# Translators: population of a size of change of TUG
gettext_noop("Chronic mild-moderate stroke, n=50")
# Translators: population of a size of change of TUG
gettext_noop("Alzheimer disease, n=51")
# Translators: population of a size of change of TUG
gettext_noop("Hip osteoarthritis in physiotherapy")
# Translators: when to repeat TUG
gettext_noop("Yearly fall screening for adults 65+")
# Translators: caution about TUG
gettext_noop("MDCs differ between groups (2.9-4.1 s here, larger ones are published); no verdict without a population.")
# Translators: caution about TUG
gettext_noop("In stroke, fall cut-offs of 15-19 s are reported with weak accuracy (Matsumoto 2024).")
# Translators: caution about TUG
gettext_noop("Record walking aid, footwear and pace.")
# Translators: caution about TUG
gettext_noop("Record 'unable' with reason, not a large number.")
# Translators: name of an outcome measure
gettext_noop("Elderly Mobility Scale")
# Translators: version of EMS
gettext_noop("7 items, 0 to 20")
# Translators: licence of EMS
gettext_noop("Listed as free of charge; own labels.")
# Translators: item of EMS
gettext_noop("Lying to sitting")
# Translators: item of EMS
gettext_noop("Sitting to lying")
# Translators: item of EMS
gettext_noop("Standing")
# Translators: item of EMS
gettext_noop("Timed 6 m walk")
# Translators: item of EMS
gettext_noop("Functional reach")
# Translators: population of a set of bands of EMS
gettext_noop("Frail older inpatients")
# Translators: band of EMS
gettext_noop("Dependent in mobility")
# Translators: band of EMS
gettext_noop("Borderline for safe independent mobility")
# Translators: band of EMS, short for charts
gettext_noop("Borderline")
# Translators: band of EMS
gettext_noop("Independent in basic mobility")
# Translators: population of a size of change of EMS
gettext_noop("Older hospital inpatients, inter-rater, Italian version")
# Translators: caution about EMS
gettext_noop("Ceiling effect in fitter people. One study found no prediction of discharge place or falls (Prosser & Canby, 1997, Clin Rehabil; abstract checked): do not label bands as discharge advice.")
# Translators: name of an outcome measure
gettext_noop("de Morton Mobility Index")
# Translators: version of DEMMI
gettext_noop("15 items, converted to 0 to 100")
# Translators: hint when entering DEMMI
gettext_noop("Enter the converted score from 0 to 100, not the raw points from 0 to 19.")
# Translators: licence of DEMMI
gettext_noop("Copyright de Morton, Davidson & Keating; listed as freely available (NINDS CDE). Own labels.")
# Translators: scale of DEMMI
gettext_noop("DEMMI score")
# Translators: scale of DEMMI
gettext_noop("Raw score")
# Translators: item of DEMMI
gettext_noop("Bridge in bed")
# Translators: item of DEMMI
gettext_noop("Roll onto side")
# Translators: answer of DEMMI
gettext_noop("Minimal help or supervision")
# Translators: item of DEMMI
gettext_noop("Sit in chair unsupported 10 s")
# Translators: item of DEMMI
gettext_noop("Sit to stand without arms")
# Translators: item of DEMMI
gettext_noop("Stand unsupported 10 s")
# Translators: item of DEMMI
gettext_noop("Stand feet together 10 s")
# Translators: item of DEMMI
gettext_noop("Stand on toes 10 s")
# Translators: item of DEMMI
gettext_noop("Tandem stand eyes closed 10 s")
# Translators: item of DEMMI
gettext_noop("Walking distance")
# Translators: answer of DEMMI
gettext_noop("Unable or 5 m")
# Translators: answer of DEMMI
gettext_noop("10 m or 20 m")
# Translators: answer of DEMMI
gettext_noop("50 m")
# Translators: item of DEMMI
gettext_noop("Walking independence")
# Translators: answer of DEMMI
gettext_noop("Unable, minimal help or supervision")
# Translators: answer of DEMMI
gettext_noop("Independent with aid")
# Translators: answer of DEMMI
gettext_noop("Independent without aid")
# Translators: item of DEMMI
gettext_noop("Pick up pen from floor")
# Translators: item of DEMMI
gettext_noop("Walk 4 steps backwards")
# Translators: item of DEMMI
gettext_noop("Jump")
# Translators: population of a size of change of DEMMI
gettext_noop("Older acute medical inpatients")
# Translators: population of a size of change of DEMMI
gettext_noop("Healthy community-dwelling 65+ (95% CI about 9-17)")
# Translators: population of a size of change of DEMMI
gettext_noop("Healthy community-dwelling 65+")
# Translators: caution about DEMMI
gettext_noop("Only the values of the table are possible interval scores; anything else is a data error. All changes are judged on the interval scale, never on raw points.")
# Translators: caution about DEMMI
gettext_noop("The published form words the MDC as 'up to 9 points can be error', so a change of exactly 9 does not count (strict: true).")
# Translators: caution about DEMMI
gettext_noop("A modified DEMMI is used in Australian aged care (AN-ACC); do not mix.")
# Translators: caution about DEMMI
gettext_noop("Reference values: healthy 65+ mean 82.6 (SD 10.6) without, 64.1 (SD 12.4) with a walking aid (Davenport & de Morton, 2011).")
# Translators: name of an outcome measure
gettext_noop("Rivermead Mobility Index")
# Translators: version of RMI
gettext_noop("15 items, 0 to 15")
# Translators: hint when entering RMI
gettext_noop("Enter the 15-item version; the modified index from 0 to 40 does not belong here.")
# Translators: licence of RMI
gettext_noop("Authors permit free clinical use; own labels.")
# Translators: item of RMI
gettext_noop("Turning over in bed")
# Translators: item of RMI
gettext_noop("Sitting to standing")
# Translators: item of RMI
gettext_noop("Standing unsupported (observed)")
# Translators: item of RMI
gettext_noop("Transfer")
# Translators: item of RMI
gettext_noop("Walking inside with aid")
# Translators: item of RMI
gettext_noop("Walking outside on even ground")
# Translators: item of RMI
gettext_noop("Walking inside without aid")
# Translators: item of RMI
gettext_noop("Picking up from floor")
# Translators: item of RMI
gettext_noop("Walking outside on uneven ground")
# Translators: item of RMI
gettext_noop("Up and down four steps")
# Translators: item of RMI
gettext_noop("Running 10 m")
# Translators: population of a size of change of RMI
gettext_noop("Chronic stroke")
# Translators: caution about RMI
gettext_noop("A Modified RMI (8 items, 0-40) exists; not interchangeable.")
# Translators: caution about RMI
gettext_noop("14 items are asked, one is observed.")
# Translators: name of an outcome measure
gettext_noop("Short Physical Performance Battery")
# Translators: version of SPPB
gettext_noop("balance, gait and chair stands, 0 to 12")
# Translators: licence of SPPB
gettext_noop("US National Institute on Aging; free.")
# Translators: scale of SPPB
gettext_noop("Gait speed")
# Translators: scale of SPPB
gettext_noop("Chair stands")
# Translators: item of SPPB
gettext_noop("Side-by-side stand 10 s")
# Translators: item of SPPB
gettext_noop("Semi-tandem stand 10 s")
# Translators: item of SPPB
gettext_noop("Tandem stand")
# Translators: item of SPPB
gettext_noop("Gait points from time")
# Translators: item of SPPB
gettext_noop("Chair points from time")
# Translators: band of SPPB
gettext_noop("Severe limitations")
# Translators: band of SPPB
gettext_noop("Moderate limitations")
# Translators: band of SPPB
gettext_noop("Mild limitations")
# Translators: band of SPPB, short for charts
gettext_noop("Mild")
# Translators: band of SPPB
gettext_noop("Minimal limitations")
# Translators: band of SPPB, short for charts
gettext_noop("Minimal")
# Translators: population of a size of change of SPPB
gettext_noop("Older adults incl. subacute stroke")
# Translators: population of a size of change of SPPB
gettext_noop("Sedentary adults 70-89, SPPB under 10, n=424")
# Translators: caution about SPPB
gettext_noop("Scores are whole points, so a 'small' change of 0.5 cannot be seen in one person; Perera et al. say small SPPB change is not individually detectable.")
# Translators: caution about SPPB
gettext_noop("A failed easier stance ends the balance part: harder stances score 0.")
# Translators: name of an outcome measure
gettext_noop("AM-PAC '6-Clicks' inpatient short forms")
# Translators: version of 6-Clicks
gettext_noop("six items scored 1 to 4 on each form")
# Translators: licence of 6-Clicks
gettext_noop("Boston University instrument, licensed through its distributor; items and the raw-to-t table are not reproduced. Enter totals.")
# Translators: scale of 6-Clicks
gettext_noop("Basic Mobility raw")
# Translators: scale of 6-Clicks
gettext_noop("Daily Activity raw")
# Translators: scale of 6-Clicks
gettext_noop("Basic Mobility t-score")
# Translators: scale of 6-Clicks
gettext_noop("Daily Activity t-score")
# Translators: population of a set of bands of 6-Clicks
gettext_noop("Acute hospital, first therapy visit")
# Translators: band of 6-Clicks
gettext_noop("More often discharged to an institution")
# Translators: band of 6-Clicks, short for charts
gettext_noop("Institution")
# Translators: band of 6-Clicks
gettext_noop("More often discharged home")
# Translators: band of 6-Clicks, short for charts
gettext_noop("Home")
# Translators: population of a set of bands of 6-Clicks
gettext_noop("Academic hospital, first therapy visit, n=17546")
# Translators: band of 6-Clicks
gettext_noop("More often discharged to the community")
# Translators: band of 6-Clicks, short for charts
gettext_noop("Community")
# Translators: population of a size of change of 6-Clicks
gettext_noop("Acute hospital")
# Translators: when to repeat 6-Clicks
gettext_noop("Often every therapy visit")
# Translators: caution about 6-Clicks
gettext_noop("MDC values are t-score units: never apply them to raw 6-24 totals.")
# Translators: caution about 6-Clicks
gettext_noop("LOINC 79529-4 is the AM-PAC score in general (computer version); check before using it for 6-Clicks.")
# Translators: caution about 6-Clicks
gettext_noop("default_change.mdc is for basic_mobility_t; for daily_activity_t use acute_activity_t.")
# Translators: name of an outcome measure
gettext_noop("Functional Ambulation Category")
# Translators: version of FAC
gettext_noop("six levels, numbered 0 to 5")
# Translators: hint when entering FAC
gettext_noop("Levels 0 to 5. On a form that numbers them 1 to 6, subtract 1.")
# Translators: licence of FAC
gettext_noop("Listed as freely available (NINDS CDE).")
# Translators: scale of FAC
gettext_noop("Category")
# Translators: item of FAC
gettext_noop("Walking category")
# Translators: answer of FAC
gettext_noop("Cannot walk or needs two people")
# Translators: answer of FAC
gettext_noop("One person, continuous contact supporting weight")
# Translators: answer of FAC
gettext_noop("One person, light or intermittent contact")
# Translators: answer of FAC
gettext_noop("Supervision without contact")
# Translators: answer of FAC
gettext_noop("Independent on level surfaces")
# Translators: answer of FAC
gettext_noop("Independent everywhere incl. stairs and slopes")
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
# Translators: caution about FAC
gettext_noop("The original and some current forms number the same six levels 1-6; store the numbering. 0-5 value = 1-6 value minus 1.")
# Translators: caution about FAC
gettext_noop("Every one-level step is a described change in help needed; do not attach an MDC.")
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
# Translators: population of a size of change of 10MWT
gettext_noop("Parkinsonism, comfortable speed")
# Translators: population of a size of change of 10MWT
gettext_noop("Subacute stroke, whole sample")
# Translators: population of a size of change of 10MWT
gettext_noop("First stroke, day 20 to day 60, n=283")
# Translators: caution about 10MWT
gettext_noop("Comfortable and fast pace are different series; so are different distances and static/rolling start.")
# Translators: caution about 10MWT
gettext_noop("Store distance, time, pace, aid and level of help; derive the speed.")
# Translators: name of an outcome measure
gettext_noop("6 Minute Walk Test")
# Translators: version of 6MWT
gettext_noop("distance walked in 6 minutes")
# Translators: hint when entering 6MWT
gettext_noop("In metres. Keep the length of the track the same from test to test.")
# Translators: scale of 6MWT
gettext_noop("Distance")
# Translators: population of a set of bands of 6MWT
gettext_noop("COPD only (walk component of the BODE index)")
# Translators: band of 6MWT
gettext_noop("BODE walk points 3")
# Translators: band of 6MWT, short for charts
gettext_noop("BODE 3")
# Translators: band of 6MWT
gettext_noop("BODE walk points 2")
# Translators: band of 6MWT, short for charts
gettext_noop("BODE 2")
# Translators: band of 6MWT
gettext_noop("BODE walk points 1")
# Translators: band of 6MWT, short for charts
gettext_noop("BODE 1")
# Translators: band of 6MWT
gettext_noop("BODE walk points 0")
# Translators: band of 6MWT, short for charts
gettext_noop("BODE 0")
# Translators: population of a size of change of 6MWT
gettext_noop("Parkinsonism")
# Translators: population of a size of change of 6MWT
gettext_noop("2-6 months after stroke, whole sample (modest AUC 0.66)")
# Translators: population of a size of change of 6MWT
gettext_noop("2-6 months after stroke, initial gait speed under 0.40 m/s")
# Translators: population of a size of change of 6MWT
gettext_noop("Adults with chronic respiratory disease (published range 25-33 m)")
# Translators: caution about 6MWT
gettext_noop("First-test learning effect: use the better of two tests at baseline. Track length must stay the same.")
# Translators: caution about 6MWT
gettext_noop("Feet to metres: x 0.3048.")
# Translators: name of an outcome measure
gettext_noop("30-Second Chair Stand")
# Translators: version of 30CST
gettext_noop("arms crossed, stands in 30 seconds")
# Translators: hint when entering 30CST
gettext_noop("Enter 0 if the arms were used; the variant with arms is another test.")
# Translators: licence of 30CST
gettext_noop("CDC STEADI version is a US government work.")
# Translators: scale of 30CST
gettext_noop("Stands")
# Translators: population of a set of bands of 30CST
gettext_noop("Men 60-64")
# Translators: band of 30CST
gettext_noop("Below average")
# Translators: population of a set of bands of 30CST
gettext_noop("Men 65-69")
# Translators: population of a set of bands of 30CST
gettext_noop("Men 70-74")
# Translators: population of a set of bands of 30CST
gettext_noop("Men 75-79")
# Translators: population of a set of bands of 30CST
gettext_noop("Men 80-84")
# Translators: population of a set of bands of 30CST
gettext_noop("Men 85-89")
# Translators: population of a set of bands of 30CST
gettext_noop("Men 90-94")
# Translators: population of a set of bands of 30CST
gettext_noop("Women 60-64")
# Translators: population of a set of bands of 30CST
gettext_noop("Women 65-69")
# Translators: population of a set of bands of 30CST
gettext_noop("Women 70-74")
# Translators: population of a set of bands of 30CST
gettext_noop("Women 75-79")
# Translators: population of a set of bands of 30CST
gettext_noop("Women 80-84")
# Translators: population of a set of bands of 30CST
gettext_noop("Women 85-89")
# Translators: population of a set of bands of 30CST
gettext_noop("Women 90-94")
# Translators: population of a size of change of 30CST
gettext_noop("Hip or knee osteoarthritis awaiting surgery")
# Translators: caution about 30CST
gettext_noop("The STEADI table covers 60-94 only and needs recorded sex and age; no band otherwise.")
# Translators: caution about 30CST
gettext_noop("Below average for age and sex means possible fall risk, not a diagnosis.")
# Translators: caution about 30CST
gettext_noop("Arms used: score 0 in the standard test; the arms-allowed variant is a separate test.")
# Translators: name of an outcome measure
gettext_noop("Five Times Sit to Stand")
# Translators: version of 5xSTS
gettext_noop("five rises, timed")
# Translators: band of 5xSTS
gettext_noop("Low muscle strength")
# Translators: band of 5xSTS, short for charts
gettext_noop("Low strength")
# Translators: population of a set of bands of 5xSTS
gettext_noop("Sarcopenia work-up, Asian populations")
# Translators: population of a set of bands of 5xSTS
gettext_noop("Community 74-98 years")
# Translators: band of 5xSTS
gettext_noop("Increased risk of multiple falls")
# Translators: band of 5xSTS, short for charts
gettext_noop("Multiple falls")
# Translators: population of a set of bands of 5xSTS
gettext_noop("Community 65+")
# Translators: band of 5xSTS
gettext_noop("Increased risk of recurrent falls")
# Translators: band of 5xSTS, short for charts
gettext_noop("Recurrent falls")
# Translators: population of a size of change of 5xSTS
gettext_noop("Older women, mean age 74, n=29")
# Translators: population of a size of change of 5xSTS
gettext_noop("COPD in pulmonary rehabilitation, n=239")
# Translators: population of a size of change of 5xSTS
gettext_noop("Vestibular disorders")
# Translators: caution about 5xSTS
gettext_noop("Protocols stop at the fifth stand or the fifth sit; store which.")
# Translators: caution about 5xSTS
gettext_noop("Record 'unable', not a large number.")
# Translators: name of an outcome measure
gettext_noop("Fugl-Meyer Assessment, Upper Extremity motor")
# Translators: version of FMA-UE
gettext_noop("upper extremity motor, 33 items, 0 to 66")
# Translators: licence of FMA-UE
gettext_noop("Protocol distributed free by the University of Gothenburg for clinical and research use; own labels. Ask before commercial release.")
# Translators: scale of FMA-UE
gettext_noop("A shoulder-elbow-forearm")
# Translators: scale of FMA-UE
gettext_noop("B wrist")
# Translators: scale of FMA-UE
gettext_noop("C hand")
# Translators: scale of FMA-UE
gettext_noop("D coordination and speed")
# Translators: item of FMA-UE
gettext_noop("Reflex flexors")
# Translators: item of FMA-UE
gettext_noop("Reflex extensors")
# Translators: item of FMA-UE
gettext_noop("Flexor synergy - shoulder retraction")
# Translators: item of FMA-UE
gettext_noop("Flexor synergy - shoulder elevation")
# Translators: item of FMA-UE
gettext_noop("Flexor synergy - shoulder abduction")
# Translators: item of FMA-UE
gettext_noop("Flexor synergy - external rotation")
# Translators: item of FMA-UE
gettext_noop("Flexor synergy - elbow flexion")
# Translators: item of FMA-UE
gettext_noop("Flexor synergy - supination")
# Translators: item of FMA-UE
gettext_noop("Extensor synergy - shoulder adduction")
# Translators: item of FMA-UE
gettext_noop("Extensor synergy - elbow extension")
# Translators: item of FMA-UE
gettext_noop("Extensor synergy - pronation")
# Translators: item of FMA-UE
gettext_noop("Mixed - hand to lumbar spine")
# Translators: item of FMA-UE
gettext_noop("Mixed - shoulder flexion to 90")
# Translators: item of FMA-UE
gettext_noop("Mixed - pronation-supination elbow 90")
# Translators: item of FMA-UE
gettext_noop("Out of synergy - abduction to 90")
# Translators: item of FMA-UE
gettext_noop("Out of synergy - flexion 90 to 180")
# Translators: item of FMA-UE
gettext_noop("Out of synergy - pronation-supination elbow 0")
# Translators: item of FMA-UE
gettext_noop("Normal reflex activity")
# Translators: when an item of FMA-UE is scored
gettext_noop("Tested only when the three 'out of synergy' items total 6; otherwise 0")
# Translators: item of FMA-UE
gettext_noop("Wrist stability elbow 90")
# Translators: item of FMA-UE
gettext_noop("Wrist repeated movement elbow 90")
# Translators: item of FMA-UE
gettext_noop("Wrist stability elbow 0")
# Translators: item of FMA-UE
gettext_noop("Wrist repeated movement elbow 0")
# Translators: item of FMA-UE
gettext_noop("Wrist circumduction")
# Translators: item of FMA-UE
gettext_noop("Finger mass flexion")
# Translators: item of FMA-UE
gettext_noop("Finger mass extension")
# Translators: item of FMA-UE
gettext_noop("Hook grasp")
# Translators: item of FMA-UE
gettext_noop("Thumb adduction grasp")
# Translators: item of FMA-UE
gettext_noop("Pincer grasp")
# Translators: item of FMA-UE
gettext_noop("Cylinder grasp")
# Translators: item of FMA-UE
gettext_noop("Spherical grasp")
# Translators: item of FMA-UE
gettext_noop("Tremor")
# Translators: item of FMA-UE
gettext_noop("Dysmetria")
# Translators: item of FMA-UE
gettext_noop("Time difference of sides")
# Translators: band of FMA-UE
gettext_noop("Mild impairment")
# Translators: population of a set of bands of FMA-UE
gettext_noop("6 months after stroke")
# Translators: band of FMA-UE
gettext_noop("No arm capacity")
# Translators: band of FMA-UE, short for charts
gettext_noop("None")
# Translators: band of FMA-UE
gettext_noop("Poor arm capacity")
# Translators: band of FMA-UE, short for charts
gettext_noop("Poor")
# Translators: band of FMA-UE
gettext_noop("Limited arm capacity")
# Translators: band of FMA-UE, short for charts
gettext_noop("Limited")
# Translators: band of FMA-UE
gettext_noop("Notable arm capacity")
# Translators: band of FMA-UE, short for charts
gettext_noop("Notable")
# Translators: band of FMA-UE
gettext_noop("Full arm capacity")
# Translators: band of FMA-UE, short for charts
gettext_noop("Full")
# Translators: population of a size of change of FMA-UE
gettext_noop("1-6 weeks after stroke, moderate-severe arm impairment, n=51")
# Translators: population of a size of change of FMA-UE
gettext_noop("Subacute stroke, n=71")
# Translators: population of a size of change of FMA-UE
gettext_noop("Chronic stroke, minimal-moderate impairment, n=146 (5.25 for overall arm function)")
# Translators: caution about FMA-UE
gettext_noop("The threshold depends strongly on time since stroke: 4.25 (chronic) to 13 (first weeks).")
# Translators: caution about FMA-UE
gettext_noop("The 60-point version leaves out reflexes; do not mix.")
# Translators: name of an outcome measure
gettext_noop("Hand grip strength")
# Translators: version of Grip
gettext_noop("dynamometer, one hand")
# Translators: licence of Grip
gettext_noop("Measurement, no form.")
# Translators: scale of Grip
gettext_noop("Grip force")
# Translators: population of a set of bands of Grip
gettext_noop("Sarcopenia work-up, men")
# Translators: population of a set of bands of Grip
gettext_noop("Sarcopenia work-up, women")
# Translators: population of a set of bands of Grip
gettext_noop("Sarcopenia work-up, Asian men")
# Translators: population of a set of bands of Grip
gettext_noop("Sarcopenia work-up, Asian women")
# Translators: population of a size of change of Grip
gettext_noop("Stroke, more affected hand, n=62")
# Translators: population of a size of change of Grip
gettext_noop("Stroke, less affected hand, n=62")
# Translators: population of a size of change of Grip
gettext_noop("Mixed (review: reasonable estimate pending better studies)")
# Translators: population of a size of change of Grip
gettext_noop("Early after stroke, affected dominant side")
# Translators: population of a size of change of Grip
gettext_noop("Early after stroke, affected non-dominant side")
# Translators: caution about Grip
gettext_noop("LOINC example unit is pound-force ([lbf_av]); 1 lb = 0.45359237 kg. State the unit in every exchange.")
# Translators: caution about Grip
gettext_noop("Left and right are separate series.")
# Translators: name of an outcome measure
gettext_noop("Box and Block Test")
# Translators: version of BBT
gettext_noop("blocks moved in 60 s, one hand")
# Translators: licence of BBT
gettext_noop("Procedure is free; equipment is bought.")
# Translators: scale of BBT
gettext_noop("Blocks in 60 s")
# Translators: caution about BBT
gettext_noop("150 blocks are in the box, hence the hard maximum.")
# Translators: name of an outcome measure
gettext_noop("Nine-Hole Peg Test")
# Translators: version of NHPT
gettext_noop("time for nine pegs, one hand")
# Translators: population of a size of change of NHPT
gettext_noop("Stroke, more affected hand, n=62 (54% of mean: very imprecise)")
# Translators: population of a size of change of NHPT
gettext_noop("Multiple sclerosis, dominant hand, n=69")
# Translators: population of a size of change of NHPT
gettext_noop("Multiple sclerosis, non-dominant hand, n=69")
# Translators: population of a size of change of NHPT
gettext_noop("Parkinson disease, dominant hand")
# Translators: population of a size of change of NHPT
gettext_noop("Parkinson disease, non-dominant hand")
# Translators: caution about NHPT
gettext_noop("The LOINC term is the NIH Toolbox protocol; the right-hand code was not verified and is left out.")
# Translators: caution about NHPT
gettext_noop("Record 'unable' or pegs placed in the time limit as a separate measure.")
# Translators: name of an outcome measure
gettext_noop("Canadian Occupational Performance Measure")
# Translators: version of COPM
gettext_noop("up to five problems rated 1 to 10")
# Translators: licence of COPM
gettext_noop("COPM Inc.; the form and interview are licensed. Storing the client's own problems with two 1-10 ratings is data entry, but confirm with COPM Inc. before branding it COPM.")
# Translators: scale of COPM
gettext_noop("Performance")
# Translators: scale of COPM
gettext_noop("Satisfaction")
# Translators: population of a size of change of COPM
gettext_noop("General; opinion-based")
# Translators: population of a size of change of COPM
gettext_noop("Home-dwelling older adults in reablement, n=225")
# Translators: population of a size of change of COPM
gettext_noop("Subacute rehabilitation inpatients, n=97")
# Translators: population of a size of change of COPM
gettext_noop("Outpatient OT, mixed diagnoses, n=152 (range spans performance and satisfaction)")
# Translators: when to repeat COPM
gettext_noop("At an interval agreed with the client, same problems")
# Translators: caution about COPM
gettext_noop("The 2-point rule is opinion-based; population figures above run from 0.9 to 3.2.")
# Translators: caution about COPM
gettext_noop("Importance ratings choose the problems; they do not weight the score.")
# Translators: caution about COPM
gettext_noop("Performance is the mean of the performance ratings, satisfaction the mean of the satisfaction ratings; rate the same problems at retest.")
# Translators: name of an outcome measure
gettext_noop("Goal Attainment Scaling")
# Translators: version of GAS-T
gettext_noop("T score, 50 as expected")
# Translators: hint when entering GAS-T
gettext_noop("Enter the T score of all goals together, not the sum of the ratings.")
# Translators: licence of GAS-T
gettext_noop("Method is free; goals are the client's own.")
# Translators: scale of GAS-T
gettext_noop("T score")
# Translators: item of GAS-T
gettext_noop("Attainment of one goal")
# Translators: answer of GAS-T
gettext_noop("Much less than expected")
# Translators: answer of GAS-T
gettext_noop("Less than expected")
# Translators: answer of GAS-T
gettext_noop("As expected")
# Translators: answer of GAS-T
gettext_noop("More than expected")
# Translators: answer of GAS-T
gettext_noop("Much more than expected")
# Translators: population of a set of bands of GAS-T
gettext_noop("Any")
# Translators: band of GAS-T
gettext_noop("Below the expected level overall")
# Translators: band of GAS-T, short for charts
gettext_noop("Below expected")
# Translators: band of GAS-T
gettext_noop("As expected overall")
# Translators: band of GAS-T
gettext_noop("Above the expected level overall")
# Translators: band of GAS-T, short for charts
gettext_noop("Above expected")
# Translators: when to repeat GAS-T
gettext_noop("At the review date set with the goal")
# Translators: caution about GAS-T
gettext_noop("Bounds depend on the number of goals: one goal 30-70; three equal goals 22.6-77.4; limit for very many equal goals 13.5-86.5 (computed).")
# Translators: caution about GAS-T
gettext_noop("Baseline is usually -1 (or -2 when no worse state is plausible), so baseline T is not 50; report T at outcome and the change.")
# Translators: caution about GAS-T
gettext_noop("The 2009 paper's printed formula had errors; an erratum corrects it.")
# Translators: caution about GAS-T
gettext_noop("Weights of 0 or no goals: no score.")
# Translators: name of an outcome measure
gettext_noop("Montreal Cognitive Assessment")
# Translators: version of MoCA
gettext_noop("0 to 30, education point included")
# Translators: hint when entering MoCA
gettext_noop("Enter the total including the education point, if one was added.")
# Translators: licence of MoCA
gettext_noop("MoCA Cognition; training/certification and licence for electronic use. Enter the total.")
# Translators: scale of MoCA
gettext_noop("Total incl. education point")
# Translators: population of a set of bands of MoCA
gettext_noop("A year or more after stroke/TIA, mild cognitive impairment")
# Translators: band of MoCA
gettext_noop("Suggests cognitive impairment after stroke/TIA")
# Translators: band of MoCA, short for charts
gettext_noop("Possible impairment")
# Translators: population of a set of bands of MoCA
gettext_noop("Adults 55-85, original validation")
# Translators: band of MoCA
gettext_noop("Below the usual screening cut-off")
# Translators: band of MoCA, short for charts
gettext_noop("Below cut-off")
# Translators: band of MoCA
gettext_noop("At or above the usual screening cut-off")
# Translators: band of MoCA, short for charts
gettext_noop("At or above cut-off")
# Translators: population of a set of bands of MoCA
gettext_noop("Mixed; fewer false positives")
# Translators: band of MoCA
gettext_noop("Below the lower screening cut-off")
# Translators: population of a size of change of MoCA
gettext_noop("Stroke in rehabilitation, n=65")
# Translators: when to repeat MoCA
gettext_noop("Use an alternate form when repeating within about 3 months")
# Translators: caution about MoCA
gettext_noop("Screening, not diagnosis. One point is added for 12 years of education or less (not above 30); store whether it was added.")
# Translators: caution about MoCA
gettext_noop("A wrong code 72172-2 circulates in public code; the total is 72172-0.")
# Translators: name of an outcome measure
gettext_noop("Braden Scale for Predicting Pressure Sore Risk")
# Translators: version of Braden
gettext_noop("six sub-scores, 6 to 23")
# Translators: hint when entering Braden
gettext_noop("Enter the total of all six sub-scores. Lower means more risk.")
# Translators: licence of Braden
gettext_noop("Copyright Braden & Bergstrom; permission/licence needed for electronic use. Enter the total.")
# Translators: sub-total of Braden
gettext_noop("Sensory perception")
# Translators: sub-total of Braden
gettext_noop("Moisture")
# Translators: sub-total of Braden
gettext_noop("Activity")
# Translators: sub-total of Braden
gettext_noop("Mobility")
# Translators: sub-total of Braden
gettext_noop("Nutrition")
# Translators: sub-total of Braden
gettext_noop("Friction and shear")
# Translators: population of a set of bands of Braden
gettext_noop("Adults in hospital and long-term care")
# Translators: band of Braden
gettext_noop("Very high risk")
# Translators: band of Braden
gettext_noop("High risk")
# Translators: band of Braden
gettext_noop("Moderate risk")
# Translators: band of Braden
gettext_noop("Mild risk")
# Translators: band of Braden
gettext_noop("Generally not at risk")
# Translators: band of Braden, short for charts
gettext_noop("Not at risk")
# Translators: when to repeat Braden
gettext_noop("Acute care: on admission, then every 24-48 h or on change; long-term care: admission, weekly for 4 weeks, then quarterly; home care: each nursing visit; local policy overrides")
# Translators: caution about Braden
gettext_noop("LOWER = more risk. Some sites use 16 or 18 as the at-risk threshold; other band cuts circulate (e.g. 13-15 moderate).")
# Translators: caution about Braden
gettext_noop("Six of six sub-scores needed; never band a partial total.")
# Translators: name of an outcome measure
gettext_noop("Pressure Ulcer Scale for Healing")
# Translators: version of PUSH 3.0
gettext_noop("version 3.0, 0 to 17")
# Translators: licence of PUSH 3.0
gettext_noop("Copyright NPIAP: free for non-commercial clinical use with acknowledgement and version number, unmodified; commercial products need written permission. The size-category table is not reproduced.")
# Translators: sub-total of PUSH 3.0
gettext_noop("Length x width category")
# Translators: sub-total of PUSH 3.0
gettext_noop("Exudate amount")
# Translators: sub-total of PUSH 3.0
gettext_noop("Tissue type")
# Translators: population of a set of bands of PUSH 3.0
gettext_noop("Pressure injuries")
# Translators: band of PUSH 3.0
gettext_noop("Closed or resurfaced")
# Translators: band of PUSH 3.0, short for charts
gettext_noop("Closed")
# Translators: band of PUSH 3.0
gettext_noop("Open wound - follow the trend")
# Translators: band of PUSH 3.0, short for charts
gettext_noop("Open")
# Translators: when to repeat PUSH 3.0
gettext_noop("At least weekly and on change of the wound")
# Translators: caution about PUSH 3.0
gettext_noop("Some lists name a version 3.4; only version 3.0 could be found. Treat as 3.0.")
# Translators: caution about PUSH 3.0
gettext_noop("One series per wound; never add wounds together.")
# Translators: caution about PUSH 3.0
gettext_noop("Any necrotic tissue sets tissue type 4; any slough without necrosis sets 3.")
# Translators: name of an outcome measure
gettext_noop("Clinical Frailty Scale")
# Translators: version of CFS
gettext_noop("version 2.0, levels 1 to 9")
# Translators: hint when entering CFS
gettext_noop("Rate the state about 2 weeks before an acute illness.")
# Translators: licence of CFS
gettext_noop("Copyright Rockwood / Dalhousie University; permission needed to embed pictures and descriptions. Store the level number only.")
# Translators: scale of CFS
gettext_noop("Level")
# Translators: population of a set of bands of CFS
gettext_noop("Adults over 65")
# Translators: band of CFS
gettext_noop("Not frail")
# Translators: band of CFS
gettext_noop("Very mild frailty (called vulnerable in version 1)")
# Translators: band of CFS, short for charts
gettext_noop("Very mild")
# Translators: band of CFS
gettext_noop("Mild frailty")
# Translators: band of CFS
gettext_noop("Moderate frailty")
# Translators: band of CFS
gettext_noop("Severe frailty")
# Translators: band of CFS
gettext_noop("Very severe frailty")
# Translators: band of CFS, short for charts
gettext_noop("Very severe")
# Translators: band of CFS
gettext_noop("Terminally ill (not necessarily frail otherwise)")
# Translators: band of CFS, short for charts
gettext_noop("Terminally ill")
# Translators: caution about CFS
gettext_noop("Rate the state about 2 weeks before an acute illness; not validated under 65 or in stable lifelong disability.")
# Translators: caution about CFS
gettext_noop("Level 9 breaks the order: a terminally ill person may not be otherwise frail; do not read 8 to 9 as one more step of frailty.")
# Translators: caution about CFS
gettext_noop("A LOINC code seen in one public code base (91535-5) could not be confirmed and is left out.")
