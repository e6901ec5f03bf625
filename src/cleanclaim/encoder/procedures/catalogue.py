"""Services that their own words tell: one row a service, with what else the note must say and what rules it out.

Within a family the first row that fits is the service done; families are independent of each other. Flags: S takes the side said beside it, H is
read for the hospital with 26, O is reported by an office only (equipment and drugs are not ours elsewhere), U counts what its first group counts.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from cleanclaim.encoder.procedures.scene import Deed, Line, Scene, line, side_of

_ROWS: Final[tuple[tuple[str, str, str, str, str, str, str], ...]] = (
    # (family, code, words of the deed, what the note must also say, what rules it out, flags, our own label)
    # eyes
    ("oct", "92134", r"\boct\b[^.\n]{0,40}\b(?:macul\w+|retin\w+|fovea\w*)|\b(?:macular?|retinal?) oct\b", "", "", "", "Scan of the retina by OCT, one or both eyes."),
    ("oct", "92133", r"\boct\b[^.\n]{0,40}\b(?:rnfl|optic nerves?|nerve|disc|onh|glaucoma)|\brnfl oct\b|\bnerve fiber (?:layer )?(?:scan|analysis)", "", "", "", "Scan of the optic nerve by OCT."),
    ("field", "92083", r"\b(?:humphrey|visual fields?|hvf|vf)\b[^.\n]{0,30}\b(?:24-2|30-2|10-2|threshold|extended|full)|\b(?:24-2|30-2)\b", "", "", "", "Visual field, extended."),
    ("field", "92081", r"\b(?:visual fields?|confrontation perimetry)\b[^.\n]{0,30}\b(?:limited|screening)", "", "", "", "Visual field, limited."),
    ("fundus", "92250", r"\b(?:fundus|retinal?|optic disc) (?:photo\w*|imag\w+)\b", "", "", "", "Photographs of the fundus."), ("angiogram", "92235", r"\b(?:fluorescein angio\w+|ivfa)\b", "", "", "", "Fluorescein angiography."),
    ("gonio", "92020", r"\bgoniosc\w+", "", "", "", "Gonioscopy."), ("pachy", "76514", r"\b(?:pachymetry|central corneal thickness|cct)\b[^.\n]{0,30}\d{3}", "", "", "", "Corneal thickness by ultrasound."),
    ("biometry", "92136", r"\b(?:iol ?master|lenstar|optical biometry|iol calculation)", "", "", "S", "Biometry for a lens."), ("refraction", "92015", r"\b(?:manifest |cycloplegic )?refraction\b[^.\n]{0,30}\b(?:done|performed|today|-\d|\+\d|given)", "", "", "", "Refraction."),
    ("topography", "92025", r"\bcorneal topograph\w+", "", "", "", "Corneal topography."), ("intravitreal", "67028", r"\bintravitreal\b|\binjection (?:od|os|ou)\b", r"\b(?:eylea|aflibercept|lucentis|ranibizumab|avastin|bevacizumab|vabysmo|faricimab|beovu|triamcinolone|ozurdex)\b", "", "S", "Injection into the vitreous."),
    ("yag", "66821", r"\byag (?:laser )?(?:capsulotomy|cap\b)|\bposterior capsulotomy", "", "", "S", "Laser opening of the lens capsule."), ("slt", "65855", r"\b(?:slt|selective laser trabeculoplasty|trabeculoplasty)\b[^.\n]{0,50}\b(?:done|performed|applied|spots|degrees|shots|today|treated)", "", "", "S", "Laser trabeculoplasty."),
    ("iridotomy", "66761", r"\b(?:lpi|iridotomy)\b[^.\n]{0,50}\b(?:done|performed|patent|shots|today|made)", "", "", "S", "Laser iridotomy."), ("prp", "67228", r"\b(?:prp|panretinal (?:laser )?photocoagulation)\b[^.\n]{0,50}\b(?:done|performed|spots|applied|today)", "", "", "S", "Laser of the retina for retinopathy."),
    ("cataract", "66984", r"\bphaco\w*\b[^.\n]{0,90}\b(?:iol|lens)\b|\bcataract extraction with", "", r"\bcomplex cataract", "S", "Cataract extraction with a lens."), ("plug", "68761", r"\bpunctal (?:plugs?|occlusion)\b[^.\n]{0,40}\b(?:placed|inserted|put)", "", "", "", "Punctal plug."),
    ("lash", "67820", r"\b(?:epilat\w+|lash(?:es)? (?:pulled|removed))", "", "", "S", "Removal of ingrown lashes."), ("chalazion", "67800", r"\bchalazi\w+\b[^.\n]{0,80}\b(?:incis\w+|curett\w+|excis\w+)|(?:incis\w+|curett\w+)[^.\n]{0,60}\bchalazi", "", "", "", "Removal of a chalazion."),
    # ears, nose, throat
    ("nose scope", "31238", r"\bnasal endoscop\w+[^.\n]{0,80}\b(?:cauter\w+|control of (?:bleed|hemorrh|epistax)\w*)", "", "", "", "Nasal endoscopy with control of bleeding."),
    ("nose scope", "31237", r"\bnasal endoscop\w+[^.\n]{0,80}\b(?:debrid\w+|biops\w+|polypectomy)", "", r"\bno (?:biops|debrid)", "S", "Nasal endoscopy with biopsy or debridement."),
    ("nose scope", "31231", r"\b(?:nasal|sinonasal|sinus) endoscop\w+|\b(?:rigid|flexible)(?: \d+[- ]degree)? (?:(?:nasal )?endoscop\w+|scope)\b[^.\n]{0,80}\b(?:meat\w+|turbinat\w+|nasophar\w+|nares|nasal|nose|both sides|septum)|\bendoscop\w+[^.\n]{0,60}\bthrough both (?:sides|nostrils|nares)", "", r"\blaryngoscop\w+ (?:was )?(?:done|performed)", "", "Diagnostic nasal endoscopy."),
    ("throat scope", "31579", r"\bstrobosc\w+", "", "", "", "Laryngoscopy with stroboscopy."), ("throat scope", "31575", r"\b(?:flexible (?:fiberoptic |transnasal )?laryngoscop\w+|fiberoptic laryngoscop\w+|nasolaryngoscop\w+|transnasal laryngoscop\w+)|\b(?:flexible|fiberoptic) (?:scope|endoscope)\b[^.\n]{0,90}\b(?:vocal|cords?|larynx|folds|epiglottis)|\blaryngoscop\w+\b[^.\n]{0,60}\b(?:flexible|cords?|vocal)", "", "", "", "Flexible laryngoscopy."),
    ("hearing", "92557", r"\b(?:audiogram|audiometry|audiometric (?:test\w*|evaluation)|hearing test)\b", r"\b(?:air and bone|bone conduction|speech (?:reception|discrimination|recognition|audiometry)|word recognition|srt\b|pure tone and speech|comprehensive)", "", "", "Comprehensive audiometry."),
    ("drum", "92550", r"\btympanogra\w+|tympanometry", r"\bacoustic reflex\w*", "", "", "Tympanometry with reflexes."), ("epley", "95992", r"\b(?:epley|canalith repositioning|semont|particle repositioning)\b[^.\n]{0,60}\b(?:performed|done|maneuver|x ?\d|by me|today|side)", "", "", "", "Repositioning of ear crystals."),
    ("tubes", "69433", r"\b(?:tympanostomy|ventilat\w+|pe) tubes?\b[^.\n]{0,60}\b(?:placed|inserted)[^.\n]{0,60}\b(?:local|topical|office)", "", "", "S", "Ear tube under local anesthesia."), ("microscope", "92504", r"\bbinocular microscop\w+|\bunder (?:the )?(?:binocular |operating )?microscope\b", r"\bear|canal", "", "", "Binocular microscopy of the ear."),
    ("fna", "10005", r"\b(?:fna|fine[- ]needle aspirat\w+)\b", r"\b(?:ultrasound|us)[- ]guid\w+|under (?:ultrasound|us)\b", "", "", "Fine-needle aspiration under ultrasound."), ("fna", "10021", r"\b(?:fna|fine[- ]needle aspirat\w+)\b", "", "", "", "Fine-needle aspiration."),
    # bladder and male organs
    ("cysto", "52310", r"\bcystoscop\w+[^.\n]{0,90}\bstent\b[^.\n]{0,30}\b(?:removed|pulled|extract\w+)|\bstent\b[^.\n]{0,40}\b(?:removed|pulled|grasped)", r"\bcysto", "", "", "Cystoscopy with removal of a stent."),
    ("cysto", "52204", r"\bcystoscop\w+[^.\n]{0,90}\bbiops\w+", "", r"\bno biops", "", "Cystoscopy with biopsy."), ("cysto", "52000", r"\b(?:(?:flexible |office )?cystoscop\w+|cystourethroscop\w+|flex(?:ible)? (?:scope|cysto\w*)|cysto\b)[^.\n]{0,80}", r"\b(?:urethra|trigone|bladder|u\.?o\.?s?\b|ureteral orifices)", "", "", "Cystoscopy."),
    ("flow", "51741", r"\b(?:uroflow\w*)\b[^.\n]{0,40}\b\d", "", "", "", "Uroflowmetry."), ("instill", "51720", r"\b(?:bcg|mitomycin|gemcitabine)\b[^.\n]{0,70}\binstill\w+|instill\w+[^.\n]{0,50}\b(?:bcg|mitomycin)|\bintravesical\b", "", "", "", "Instillation of a drug into the bladder."),
    ("tibial", "64566", r"\b(?:ptns|percutaneous tibial nerve stim\w+|posterior tibial nerve stim\w+)", "", "", "", "Stimulation of the tibial nerve."), ("circumcision", "54150", r"\bcircumcision\b[^.\n]{0,80}\b(?:plastibell|gomco|mogen|clamp|performed|done)|\b(?:gomco|plastibell|mogen)\b", "", "", "", "Circumcision with a clamp."),
    ("suprapubic", "51705", r"\bsuprapubic (?:tube|catheter)\b[^.\n]{0,40}\b(?:changed|exchanged|replaced)", "", "", "", "Change of a suprapubic tube."),
    # lungs and sleep
    ("volumes", "94726", r"\b(?:plethysmograph\w+|lung volumes)\b", r"\b(?:tlc|rv\b|plethysm\w+|percent|%)", "", "H", "Lung volumes."), ("diffusion", "94729", r"\b(?:dlco|diffusing capacity|diffusion capacity)\b[^.\n]{0,30}\d", "", "", "H", "Diffusing capacity."),
    ("walk", "94618", r"\b(?:six|6)[- ]min(?:ute)? walk\b[^.\n]{0,60}\b\d{2,4}", "", "", "", "Six-minute walk test."), ("challenge", "94070", r"\bmethacholine\b", "", "", "", "Bronchial challenge."),
    ("sleep", "95811", r"\bpolysomnogra\w+[^.\n]{0,80}\bcpap|\bcpap titration\b", r"\binterpret\w*|read by|ahi\b", "", "H", "Polysomnography with CPAP."), ("sleep", "95806", r"\bhome sleep (?:apnea )?(?:test|study)\b[^.\n]{0,80}\b(?:ahi|interpret\w*|read)", "", "", "", "Home sleep study."), ("sleep", "95810", r"\bpolysomnogra\w+|\bovernight sleep study", r"\bahi\b", "", "H", "Polysomnography."),
    # nerves
    ("eeg", "95819", r"\beeg\b[^.\n]{0,60}\b(?:awake and asleep|sleep)", r"\binterpret\w*|read|background", "", "H", "EEG awake and asleep."), ("eeg", "95816", r"\beeg\b", r"\b(?:posterior dominant|background|interpret\w+ of eeg|eeg (?:report|interpret\w*))", "", "H", "EEG awake and drowsy."),
    ("lumbar", "62270", r"\blumbar puncture\b[^.\n]{0,60}\b(?:performed|done|by me|l[345]|csf|gauge|clear)", "", "", "", "Lumbar puncture."), ("sphenopalatine", "64505", r"\bsphenopalatine (?:ganglion )?block", "", "", "", "Block of the sphenopalatine ganglion."), ("occipital", "64405", r"\boccipital nerve blocks?\b", r"\b(?:ml|mg|lidocaine|bupivacaine)", "", "S", "Block of the greater occipital nerve."), ("trigeminal", "64400", r"\b(?:trigeminal|supraorbital|supratrochlear) nerve blocks?\b", "", "", "S", "Block of a branch of the trigeminal nerve."),
    # spine
    ("sacroiliac", "27096", r"\b(?:si joint|sacroiliac(?: joint)?)\b[^.\n]{0,60}\binject\w+|inject\w+[^.\n]{0,50}\b(?:si joint|sacroiliac)", r"\bfluoro\w*|ct guid|contrast", "", "S", "Injection of a sacroiliac joint under imaging."),
    ("epidural", "62323", r"\blumbar interlaminar\b|\bl\d[-/ ]+(?:l\d|s1) interlaminar|interlaminar[^.\n]{0,40}\b(?:l\d|lumbar)|\bcaudal epidural", r"\bfluoro\w*|contrast", "", "", "Lumbar epidural injection under imaging."), ("epidural", "62321", r"\b(?:cervical|thoracic) interlaminar|interlaminar[^.\n]{0,40}\b(?:c\d|t\d|cervical|thoracic)", r"\bfluoro\w*|contrast", "", "", "Cervical or thoracic epidural injection under imaging."),
    # heart and vessels
    ("carotid", "93880", r"\bcarotid (?:duplex|doppler|ultrasound)\b", r"\b(?:stenosis|plaque|ica)\b", "", "H", "Carotid duplex, both sides."), ("venous", "93970", r"\bvenous (?:duplex|doppler|ultrasound)\b", r"\b(?:bilateral|both)\b[^.\n]{0,40}\b(?:venous|leg|lower)|venous[^.\n]{0,40}\bbilat|both legs", "", "H", "Venous duplex, both sides."), ("venous", "93971", r"\bvenous (?:duplex|doppler|ultrasound)\b", r"\bcompressib\w+|dvt|thromb\w+", "", "H", "Venous duplex, one side."),
    ("nuclear", "78452", r"\b(?:myocardial perfusion|nuclear stress|spect|lexiscan)\b", r"\b(?:perfusion|defect|ischemia)\b[^.\n]{0,60}", "", "H", "Perfusion imaging of the heart."), ("cardioversion", "92960", r"\b(?:electrical |dc |synchronized )?cardioversion\b[^.\n]{0,60}\b(?:joules|j\b|performed|sinus|shock)", "", "", "", "Electrical cardioversion."), ("pressure", "93784", r"\b(?:ambulatory blood pressure|abpm)\b", r"\b24[- ]?h", "", "", "Ambulatory blood pressure for 24 hours."),
    ("loop", "93298", r"\bremote\b[^.\n]{0,40}\b(?:loop recorder|ilr)", r"\b(?:interpret\w*|reviewed|read)", "", "", "Remote reading of a loop recorder."), ("remote device", "93295", r"\bremote\b[^.\n]{0,40}\b(?:icd|defibrillator)", r"\b(?:interpret\w*|reviewed|read)", r"\bin person", "", "Remote reading of a defibrillator, 90 days."), ("remote device", "93294", r"\bremote\b[^.\n]{0,40}\b(?:pacemaker|ppm)", r"\b(?:interpret\w*|reviewed|read)", r"\bin person", "", "Remote reading of a pacemaker, 90 days."),
    # women
    ("ob", "76811", r"\b(?:detailed (?:fetal )?anatom\w+|level (?:ii|2)) (?:survey|scan|ultrasound|us)|detailed fetal anatomic", "", "", "H", "Detailed fetal ultrasound."), ("ob", "76816", r"\b(?:ultrasound|us|scan|sono\w*)\b[^.\n]{0,60}\b(?:follow-?up|growth|efw)|\bgrowth (?:us|ultrasound|scan)\b[^.\n]{0,60}\b(?:efw|%|percentile|done|here)", r"\b(?:efw|fetal|gestation\w*|pregnan\w+|\d{1,2}w\d?|iup)\b", r"growth (?:us|ultrasound) not", "H", "Follow-up fetal ultrasound."),
    ("ob", "76805", r"\banatomy (?:scan|survey|ultrasound|us)\b[^.\n]{0,80}\b(?:done|performed|normal|here|complete|efw|by me|our)", "", "", "H", "Fetal ultrasound after the first trimester."), ("ob", "76801", r"\b(?:dating|first[- ]trimester) (?:ultrasound|us|scan)\b|\b(?:ultrasound|us)\b[^.\n]{0,60}\bcrl\b", r"\b(?:transabdominal|crl|crown)", r"\btransvaginal|tvus", "H", "First-trimester ultrasound."), ("ob", "76817", r"\b(?:transvaginal|tvus|tv us|endovaginal)\b[^.\n]{0,80}\b(?:crl|gestational sac|fetal|yolk|iup|cervical length|heart(?:beat| rate| motion))", "", "", "H", "Transvaginal ultrasound in pregnancy."),
    ("ob", "76815", r"\blimited (?:ob |obstetric )?(?:ultrasound|us|scan)\b[^.\n]{0,60}\b(?:presentation|vertex|breech|fluid|placenta|heart)", "", "", "H", "Limited fetal ultrasound."), ("profile", "76818", r"\b(?:bpp|biophysical profile)\b[^.\n]{0,40}\b(?:10/10|\d+/10)", "", "", "H", "Biophysical profile with non-stress test."), ("profile", "76819", r"\b(?:bpp|biophysical profile)\b[^.\n]{0,40}\b\d/8", "", "", "H", "Biophysical profile without non-stress test."),
    ("postpartum", "59430", r"\bpostpartum (?:visit|check|exam)\b", r"\bdelivered (?:by|at|elsewhere)[^.\n]{0,40}(?:other|another|outside)", "", "", "Postpartum care only."), ("hysteroscopy", "58558", r"\bhysteroscop\w+[^.\n]{0,80}\b(?:biops\w+|polypectomy|d ?& ?c|curettage)", "", "", "", "Hysteroscopy with biopsy or polypectomy."), ("hysteroscopy", "58555", r"\bdiagnostic hysteroscop\w+", "", "", "", "Diagnostic hysteroscopy."), ("cervix cryo", "57511", r"\bcervical cryo\w*|cryo\w* (?:of|to) (?:the )?cervix", "", "", "", "Cryotherapy of the cervix."), ("cervix biopsy", "57500", r"\bcervical polyp\w*\b[^.\n]{0,50}\b(?:removed|twisted|avulsed)|\bcervical biops\w+", "", r"\bcolpo", "", "Removal of cervical tissue."), ("sis", "58340", r"\b(?:saline infusion sonogra\w+|sonohysterogra\w+|sis)\b[^.\n]{0,50}\b(?:done|performed|today|catheter|here)", "", "", "", "Saline infusion for ultrasound."), ("sis image", "76831", r"\b(?:saline infusion sonogra\w+|sonohysterogra\w+)", "", "", "H", "Saline infusion ultrasound."),
    # allergy
    ("oral challenge", "95076", r"\b(?:oral )?(?:food|drug|peanut|egg|milk) challenge\b", r"\b(?:min|hour|doses?)\b", "", "", "Ingestion challenge, first two hours."),
    # skin
    ("mohs", "17311", r"\bmohs\b[^.\n]{0,90}\b(?:stage|performed|layer|done)|\bmohs (?:surgery )?(?:report|note|stage)", r"\b(?:face|nose|cheek|forehead|ear|eyelid|lip|chin|temple|scalp|neck|hand|foot|finger|toe|genital|nasal)\b", "", "", "First stage of Mohs surgery on head, neck, hands or feet."), ("mohs", "17313", r"\bmohs\b[^.\n]{0,90}\b(?:stage|performed|layer|done)|\bmohs (?:surgery )?(?:report|note|stage)", "", "", "", "First stage of Mohs surgery on trunk, arms or legs."), ("light", "96910", r"\b(?:nb-?uvb|narrow ?band uvb|uvb|goeckerman)\b[^.\n]{0,60}\b(?:mj|joules|tx|treatment|session|#\d|min|sec)", "", "", "", "Light treatment of the skin."), ("laser", "96920", r"\bexcimer\b[^.\n]{0,60}\b(?:mj|treat\w+|sq|cm)", "", "", "", "Excimer laser of psoriasis."), ("pdt", "96573", r"\b(?:photodynamic therapy|pdt|blue light)\b[^.\n]{0,80}\b(?:ala|levulan|applied|incubat\w+|min)", "", "", "", "Photodynamic therapy."), ("puncture", "10160", r"\b(?:needle|puncture) aspirat\w+ of (?:the )?(?:abscess|hematoma|seroma|cyst|bulla)|\b(?:abscess|hematoma|seroma|cyst)\b[^.\n]{0,50}\baspirated\b", "", r"\bganglion|thyroid|breast|bursa|joint", "", "Aspiration of an abscess or fluid."), ("acne", "10040", r"\b(?:acne surgery|comedones? (?:extract\w+|expressed)|extraction of comedones)", "", "", "", "Acne surgery."),
    # breast, belly, imaging with the practice's own machine
    ("breast cyst", "19000", r"\bbreast cyst\b[^.\n]{0,60}\baspirat\w+|aspirat\w+[^.\n]{0,40}\bbreast cyst", "", "", "S", "Aspiration of a breast cyst."), ("dexa", "77080", r"\b(?:dexa|dxa|bone density)\b[^.\n]{0,60}\b(?:done here|performed here|our (?:machine|scanner|unit)|in (?:our|the) office)", "", "", "", "Bone density by DXA."), ("neck image", "76536", r"\bthyroid (?:ultrasound|us)\b[^.\n]{0,60}\b(?:here|in (?:our |the )?office|my read|by me|our|images saved)", "", "", "H", "Ultrasound of the neck."), ("elastography", "91200", r"\b(?:fibroscan|(?:transient )?elastograph\w+)\b[^.\n]{0,60}\b(?:kpa|performed|done|here|today)", "", "", "", "Elastography of the liver."), ("breath", "91065", r"\b(?:hydrogen|lactulose|lactose) breath test\b", "", "", "", "Breath test."), ("banding", "46221", r"\b(?:rubber )?band (?:ligat\w+|placed)[^.\n]{0,60}|\bbanding\b[^.\n]{0,40}\b(?:hemorrhoid|internal|done|performed)", r"\bhemorrhoid", "", "", "Banding of internal hemorrhoids."), ("paracentesis", "49083", r"\bparacentesis\b[^.\n]{0,80}\b(?:l\b|liters?|ml|removed|performed)", r"\b(?:ultrasound|us)\b", "", "", "Paracentesis under imaging."), ("paracentesis", "49082", r"\bparacentesis\b[^.\n]{0,80}\b(?:l\b|liters?|ml|removed|performed)", "", "", "", "Paracentesis."),
    # emergencies
    ("tube", "31500", r"\b(?:endotracheal intubation|intubated|rsi\b|ett placed)", r"\b(?:by me|glidescope|direct laryngoscop\w+|tube)", "", "", "Emergency intubation."), ("line", "36556", r"\b(?:central (?:venous )?(?:line|catheter)|internal jugular|subclavian|femoral) ?(?:line|catheter|vein)?\b[^.\n]{0,60}\b(?:placed|inserted)\b", "", r"\b(?:tunnel\w+ catheter|picc)\b", "", "Central venous line, not tunnelled."), ("line image", "76937", r"\b(?:real[- ]time )?ultrasound guid\w+[^.\n]{0,60}\bimages? (?:was |were )?(?:saved|stored|recorded)", r"\b(?:jugular|central (?:venous )?(?:line|catheter)|femoral (?:line|vein)|picc)", "", "H", "Ultrasound guidance of a vein puncture with a stored image."), ("cpr", "92950", r"\bcpr\b[^.\n]{0,60}\b(?:performed|directed|min|rosc|cycles)", "", "", "", "Resuscitation."), ("chest tube", "32551", r"\b(?:chest tube|tube thoracostomy)\b[^.\n]{0,50}\b(?:placed|inserted)", "", "", "S", "Chest tube."),
    ("shoulder", "23650", r"\b(?:reduced|reduction|relocated)\b[^.\n]{0,60}", r"\bshoulder dislocat\w+|dislocat\w+[^.\n]{0,30}\bshoulder|shoulder out\b", r"\b(?:open reduction|will be reduced)", "S", "Closed reduction of a dislocated shoulder without anesthesia."), ("elbow", "24600", r"\b(?:reduced|reduction|relocated)\b[^.\n]{0,60}", r"\belbow dislocat\w+|dislocat\w+[^.\n]{0,30}\belbow", "", "S", "Closed reduction of a dislocated elbow."), ("patella", "27560", r"\b(?:reduced|reduction|relocated)\b[^.\n]{0,60}", r"\bpatellar? dislocat\w+|dislocat\w+[^.\n]{0,30}\bpatella", "", "S", "Closed reduction of a dislocated kneecap."), ("finger", "26770", r"\b(?:reduced|reduction|relocated)\b[^.\n]{0,60}", r"\b(?:pip|dip|finger|ip joint)[^.\n]{0,30}dislocat\w+|dislocat\w+[^.\n]{0,30}\b(?:finger|pip|dip)", "", "", "Closed reduction of a dislocated finger joint."), ("sedation", "99152", r"\b(?:moderate|conscious|procedural) sedation\b[^.\n]{0,80}\bmin", "", r"\banesthesia (?:team|provider|crna)", "", "Moderate sedation by the same physician, first 15 minutes."),
    # newborns in hospital
    ("newborn", "99463", r"\bnewborn\b[^.\n]{0,80}\b(?:admitted and discharged|same[- ]day discharge)", "", "", "", "Newborn seen and discharged on one day."), ("delivery", "99464", r"\battend\w+ (?:at )?(?:the )?delivery\b|\bdelivery attend\w+", r"\bnewborn|apgar", "", "", "Attendance at a delivery."),
    ("bilirubin", "88720", r"\b(?:transcutaneous bili\w*|tcb|bilimeter|bilicheck)\b[^.\n]{0,40}", r"\d", "", "O", "Bilirubin through the skin."),
    # supplies handed out by the practice
    ("crutches", "E0114", r"\bcrutches\b[^.\n]{0,40}\b(?:dispensed|given|fitted|issued|provided|supplied|from (?:our )?stock)|\b(?:dispensed|fitted with|issued|gave)[^.\n]{0,40}\bcrutches", "", r"\b(?:own|wooden) crutches", "O", "A pair of crutches."), ("sling", "A4565", r"\bsling\b[^.\n]{0,30}\b(?:dispensed|given|applied|fitted|from (?:our )?stock|our stock|placed)|\b(?:dispensed|fitted with|placed in|gave)[^.\n]{0,30}\bsling", "", "", "O", "A sling."),
    ("ankle brace", "L4350", r"\b(?:stirrup|air ?cast|gel)[- ]?(?:style )?(?:ankle )?(?:brace|splint|stirrup)", r"\bour stock|dispensed|from stock|fitted", r"\bplaster|fiberglass", "OS", "A stirrup ankle brace."), ("ankle brace", "L1902", r"\b(?:lace[- ]?up|soft) ankle (?:brace|support|orthosis)|\bankle (?:brace|gauntlet)\b[^.\n]{0,40}\b(?:dispensed|fitted|given|our stock)", r"\bour stock|dispensed|from stock|fitted", "", "OS", "An ankle brace."), ("boot", "L4361", r"\bpneumatic (?:walking )?(?:boot|walker)|\bair (?:walking )?boot", r"\bour stock|dispensed|from stock|fitted|placed", "", "OS", "A pneumatic walking boot, off the shelf."), ("boot", "L4387", r"\b(?:walking|cam|fracture) (?:boot|walker)\b", r"\bour stock|dispensed|from stock|fitted", "", "OS", "A walking boot, off the shelf."),
    ("wrist brace", "L3908", r"\b(?:cock-?up|wrist) (?:splint|brace|orthosis)\b", r"\b(?:our stock|dispensed|from stock|prefab\w*)", r"\b(?:fiberglass|plaster|molded|thumb spica)\b", "OS", "A wrist brace."), ("thumb brace", "L3809", r"\bthumb spica (?:brace|splint|orthosis)\b", r"\b(?:our stock|dispensed|from stock|prefab\w*)", r"\b(?:fiberglass|plaster|molded)\b", "OS", "A thumb spica brace, off the shelf."), ("knee immobilizer", "L1830", r"\bknee immobili[sz]er\b", r"\b(?:our stock|dispensed|from stock|fitted|applied)", "", "OS", "A knee immobilizer."), ("postop shoe", "L3260", r"\b(?:post-?op|surgical|hard[- ]soled) shoe\b", r"\b(?:our stock|dispensed|from stock|given|fitted)", "", "OS", "A postoperative shoe."), ("collar", "L0120", r"\bsoft (?:cervical )?collar\b", r"\b(?:our stock|dispensed|from stock|fitted|given)", "", "O", "A soft collar."),
    # rehabilitation evaluations
    ("therapy evaluation", "97163", r"\b(?:pt|physical therapy) eval\w*\b", r"\bhigh complexity", "", "", "Physical therapy evaluation, high complexity."), ("therapy evaluation", "97162", r"\b(?:pt|physical therapy) eval\w*\b", r"\bmoderate complexity", "", "", "Physical therapy evaluation, moderate complexity."), ("therapy evaluation", "97161", r"\b(?:pt|physical therapy) eval\w*\b", r"\blow complexity", "", "", "Physical therapy evaluation, low complexity."),
)  # fmt: skip


class _Row(NamedTuple):
    family: str
    code: str
    words: str
    needs: str
    unless: str
    flags: str
    says: str


_TABLE: Final = tuple(_Row(*row) for row in _ROWS)


def catalogue_lines(scene: Scene) -> list[Line]:
    """Return the services of the table that were done at this visit."""
    lines: list[Line] = []
    settled: set[str] = set()
    for row in _TABLE:
        if row.family in settled or ("O" in row.flags and scene.is_hospital):
            continue
        deed = scene.first(row.words)
        if deed is None or (row.needs and not scene.has(row.needs)) or (row.unless and scene.has(row.unless)):
            continue
        settled.add(row.family)
        lines.append(line(deed, row.code, row.says, modifiers=_modifiers(scene, row, deed)))
    return lines


_EYE_SIDES: Final = {"od": "RT", "os": "LT", "ou": "50"}


def _modifiers(scene: Scene, row: _Row, deed: Deed) -> tuple[str, ...]:
    made = ("26",) if "H" in row.flags and scene.is_hospital else ()
    if "S" not in row.flags:
        return made
    eye = re.search(r"\bo[dsu]\b", deed.text.lower()) or re.search(r"\bo[dsu]\b", deed.sentence.text.lower())
    side = _EYE_SIDES[eye.group()] if eye and row.code[:2] in {"65", "66", "67", "68", "92"} else ""
    for said in (deed.text, deed.clause, deed.sentence.text):
        side = side or side_of(said)
    if not side:
        named = {found for problem in scene.reading.problems if (found := side_of(problem.heading))}
        side = named.pop() if len(named) == 1 else ""
    return (*made, side) if side else made
