"""Only the note of an encounter gets a level of visit; any other text is told why it gets none."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim import encoder
from cleanclaim.documents.coding import Note, NoteContext

CONTEXT = NoteContext(date(2026, 11, 2))
NO_VISITS = {
    "accounts": "root:x:0:0:root:/home/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nmail:x:8:8:mail:/var/mail:/bin/false\n",
    "program": 'def stable(patient: Patient) -> bool:\n    """Tell whether hypertension is controlled; see the plan."""\n    return patient.readings[-1] <= LIMIT["systolic"]\n',
    "table": "patient,visit_date,dx\nJohn,2026-01-02,I10\nMary,2026-01-03,E11.9\n",
    "poem": "I walked the road where willows lean,\nthe river cold, the moon between,\nno pain, no fever, only tired,\nwhile every lamp the town had fired\nburned low beside the door.\n",
    "recipe": "Chicken soup\n\nIngredients:\n- 1 chicken (3 lb)\n- 2 carrots, diced\n- salt to taste\n\n1. Boil the chicken 60 minutes.\n2. Add the carrots, cook 20 min.\nGood for colds and sore throats.\nTotal time: 90 minutes\n",
}
VISITS = {
    "telegraphic": "R ear pain x3d, TM red bulging. AOM R. Amox 500 tid x10d.",
    "one line": "62M HTN f/u, BP 128/76, cont lisinopril, RTC 6 mo.",
    "sections": "CC: cough\nHPI: 3 days of cough.\nEXAM: lungs clear.\nA/P: URI. Fluids, rest.\n",
}


@pytest.mark.parametrize("name", NO_VISITS)
def test_a_text_that_is_no_visit_gets_no_level_and_is_told_why(name: str) -> None:
    answer = encoder.suggest(Note(NO_VISITS[name]), CONTEXT)
    assert answer.em is None
    assert not [one.code for one in answer.suggestions if one.code.startswith("99")]
    assert any("No visit level is proposed" in notice for notice in answer.notices)


@pytest.mark.parametrize("name", VISITS)
def test_a_note_of_a_visit_gets_a_level_however_short_it_is(name: str) -> None:
    answer = encoder.suggest(Note(VISITS[name]), CONTEXT)
    assert answer.em is not None
    assert not answer.notices
