"""Injected drugs as HCPCS counts them: the words, the number, and how much one unit is."""

from __future__ import annotations

from typing import Final

DRUGS: Final[tuple[tuple[str, str, float, str], ...]] = (
    # (words, HCPCS code, amount of one unit, unit of measure)
    (r"triamcinolone(?: acetonide)?|kenalog", "J3301", 10, "mg"), (r"methylprednisolone acetate|depo-?medrol", "J1010", 1, "mg"), (r"methylprednisolone sod\w*(?: succinate)?|solu-?medrol", "J2919", 5, "mg"),
    (r"betamethasone|celestone", "J0702", 3, "mg"), (r"dexamethasone(?! oral)|decadron", "J1100", 1, "mg"), (r"ketorolac|toradol", "J1885", 15, "mg"), (r"ceftriaxone|rocephin", "J0696", 250, "mg"), (r"cyanocobalamin|vitamin b-?12|b12 (?:inj|shot)", "J3420", 1000, "mcg"),
    (r"medroxyprogesterone|depo-?provera|depo-?subq", "J1050", 1, "mg"), (r"testosterone cypionate", "J1071", 1, "mg"), (r"testosterone enanthate", "J3121", 1, "mg"), (r"ondansetron(?! odt| oral| rx)|zofran iv", "J2405", 1, "mg"), (r"promethazine|phenergan", "J2550", 50, "mg"),
    (r"diphenhydramine|benadryl", "J1200", 50, "mg"), (r"epinephrine", "J0171", 0.1, "mg"), (r"penicillin g benzathine|bicillin l-?a", "J0561", 100000, "units"), (r"denosumab|prolia", "J0897", 1, "mg"), (r"zoledronic|reclast", "J3489", 1, "mg"),
    (r"hyaluron\w+|synvisc", "J7325", 1, "mg"), (r"euflexxa", "J7323", 1, "dose"), (r"supartz", "J7321", 1, "dose"), (r"monovisc", "J7327", 1, "dose"), (r"orthovisc", "J7324", 1, "dose"), (r"omalizumab|xolair", "J2357", 5, "mg"), (r"leuprolide|lupron depot", "J9217", 7.5, "mg"),
    (r"haloperidol decanoate", "J1631", 50, "mg"), (r"aripiprazole.{0,20}(?:extended|maintena)|abilify maintena", "J0401", 1, "mg"), (r"paliperidone|invega sustenna", "J2426", 1, "mg"), (r"naltrexone.{0,20}(?:extended|im)|vivitrol", "J2315", 1, "mg"), (r"famotidine iv", "J1817", 20, "mg"),
    (r"darbepoetin\w*|aranesp", "J0881", 1, "mcg"), (r"epoetin\w*|procrit|epogen", "J0885", 1000, "units"), (r"romosozumab\w*|evenity", "J3111", 1, "mg"), (r"filgrastim|neupogen", "J1442", 1, "mcg"),
    (r"phytonadione|vitamin k\b", "J3430", 1, "mg"), (r"enoxaparin|lovenox", "J1650", 10, "mg"), (r"terbutaline", "J3105", 1, "mg"), (r"leuprolide|lupron(?: depot)?|eligard", "J9217", 7.5, "mg"), (r"goserelin|zoladex", "J9202", 3.6, "mg"),
    (r"fulvestrant|faslodex", "J9395", 25, "mg"), (r"zoledronic acid|reclast|zometa", "J3489", 1, "mg"), (r"ibandronate|boniva", "J1740", 1, "mg"), (r"promethazine|phenergan", "J2550", 50, "mg"), (r"hydroxyzine|vistaril", "J3410", 25, "mg"),
    (r"prochlorperazine|compazine", "J0780", 10, "mg"), (r"estradiol valerate", "J1380", 10, "mg"), (r"mepolizumab|nucala", "J2182", 1, "mg"), (r"benralizumab|fasenra", "J0517", 1, "mg"), (r"infliximab|remicade", "J1745", 10, "mg"),
    (r"azithromycin iv", "J0456", 500, "mg"), (r"gentamicin", "J1580", 80, "mg"), (r"iron sucrose|venofer", "J1756", 1, "mg"), (r"ferric carboxymaltose|injectafer", "J1439", 1, "mg"), (r"hydroxyprogesterone", "J1729", 10, "mg"), (r"rho\(?d\)?|rhogam", "J2790", 1, "dose"), (r"glucagon", "J1610", 1, "mg"),
    (r"lorazepam|ativan", "J2060", 2, "mg"), (r"morphine", "J2270", 10, "mg"), (r"furosemide|lasix", "J1940", 20, "mg"), (r"metoclopramide|reglan", "J2765", 10, "mg"), (r"sumatriptan|imitrex", "J3030", 6, "mg"), (r"terbutaline", "J3105", 1, "mg"), (r"magnesium sulfate", "J3475", 500, "mg"),
    (r"eylea hd|aflibercept hd", "J0177", 1, "mg"), (r"aflibercept|eylea", "J0178", 1, "mg"), (r"ranibizumab|lucentis", "J2778", 0.1, "mg"), (r"faricimab|vabysmo", "J2777", 0.1, "mg"), (r"brolucizumab|beovu", "J0179", 1, "mg"), (r"ozurdex|dexamethasone implant", "J7312", 0.1, "mg"),
    (r"ocrelizumab|ocrevus(?! zunovo)", "J2350", 1, "mg"), (r"natalizumab|tysabri", "J2323", 1, "mg"), (r"vedolizumab|entyvio", "J3380", 1, "mg"), (r"tocilizumab|actemra", "J3262", 1, "mg"), (r"abatacept|orencia", "J0129", 10, "mg"), (r"rituximab|rituxan", "J9312", 10, "mg"), (r"golimumab iv|simponi aria", "J1602", 1, "mg"), (r"certolizumab|cimzia", "J0717", 1, "mg"),
    (r"tezepelumab|tezspire", "J2356", 1, "mg"), (r"risankizumab|skyrizi", "J2327", 1, "mg"), (r"methotrexate", "J9260", 50, "mg"), (r"degarelix|firmagon", "J9155", 1, "mg"), (r"risperidone.{0,16}(?:long|er|consta)|risperdal consta", "J2794", 0.5, "mg"), (r"buprenorphine (?:extended|er)|sublocade", "Q9991", 1, "dose"), (r"naloxone", "J2310", 1, "mg"), (r"ertapenem|invanz", "J1335", 500, "mg"), (r"low osmolar", "", 0, ""),
    (r"iron dextran|infed", "J1750", 50, "mg"), (r"ferumoxytol|feraheme", "Q0138", 1, "mg"), (r"ferric derisomaltose|monoferric", "J1437", 10, "mg"), (r"bcg live|tice bcg|\bbcg\b", "J9030", 1, "mg"), (r"nalbuphine|nubain", "J2300", 10, "mg"), (r"orphenadrine|norflex", "J2360", 60, "mg"), (r"dihydroergotamine|dhe", "J1110", 1, "mg"), (r"octreotide depot|sandostatin lar", "J2353", 1, "mg"), (r"triptorelin|trelstar", "J3315", 3.75, "mg"),
    (r"bupivacaine", "", 0, ""), (r"onabotulinum\w*|botox", "J0585", 1, "units"), (r"ropivacaine", "", 0, ""), (r"ampicillin", "J0290", 500, "mg"), (r"cefazolin|ancef", "J0690", 500, "mg"), (r"vancomycin", "J3370", 500, "mg"), (r"adalimumab", "J0139", 1, "mg"),
)  # fmt: skip
