"""Files to start from, for who brings data of their own."""

from __future__ import annotations

from typing import Final

TEXTS_TEMPLATE: Final = """\
id,text_a,text_b,label,topic
1,"The shop opens at nine.","The shop is open at ten.",neutral,time
2,"Two children play chess.","Children are playing a game.",entailment,play
3,"Nobody came to the meeting.","The hall was full of people.",contradiction,work
"""
"""Texts: leave text_b out for single texts, label out where there is none; further columns become slices."""

PREDICTIONS_TEMPLATE: Final = """\
id,label,p_entailment,p_neutral,p_contradiction
1,neutral,0.20,0.70,0.10
2,entailment,0.91,0.06,0.03
3,contradiction,0.05,0.15,0.80
"""
"""Saved predictions: one row a text, one p_<class> a class; z_<class> for logits does as well."""
