"""What to mend in the knowledge base: vague answers, too few phrasings, questions in each other's way (E7)."""

from collections import defaultdict
from dataclasses import dataclass

from botfaq import matching, vagueness
from botfaq.matching import Conflict
from botfaq.models import Question
from botfaq.vagueness import Vague
from shops.models import Shop

PATIENCE = 2.0  # seconds that a page waits for the index, and for what leaving each phrasing out brings
# Near questions take a phrasing that is left out at 0.2-0.47 as a rule; only what is all but said there is in the way.
ALIKE = 0.5


@dataclass(frozen=True)
class Health:
    """`accuracy` is the expected share (0-1) of recognised messages; None with too few phrasings or not `ready`."""

    ready: bool
    accuracy: float | None
    weak: frozenset[int]
    conflicts: dict[int, list[Conflict]]
    vague: dict[int, Vague]

    def ids(self, need: str) -> frozenset[int]:
        """Return the questions that need this: phrasings, conflict or vague."""
        return {
            "phrasings": self.weak,
            "conflict": frozenset(self.conflicts),
            "vague": frozenset(self.vague),
        }[need]


def examine(shop: Shop, patience: float = PATIENCE) -> Health:
    """Look at every question of the shop, drafts for their answers only."""
    answers = Question.objects.filter(shop=shop).values_list("pk", "answer")
    vague = {pk: found for pk, answer in answers if (found := vagueness.look(answer))}
    if not matching.is_examined(shop, patience):
        return Health(False, None, frozenset(), {}, vague)
    expected = matching.expected_accuracy(shop, 0)
    conflicts: dict[int, list[Conflict]] = defaultdict(list)
    for one in matching.conflicts(shop, 0):
        if one.score >= ALIKE:
            conflicts[one.question_id].append(one)
    return Health(True, expected.accuracy, frozenset(expected.weak), dict(conflicts), vague)


def caught(shop: Shop, question_id: int | None, texts: list[str], patience: float = PATIENCE) -> list[Conflict]:
    """Return those of a question's texts that another one has too or would answer, whether they are saved or not."""
    if not matching.is_ready(shop, patience):
        return []
    found = []
    for text in texts:
        match = matching.match(shop, text, 0)
        others = [one for one in matching.explain(shop, text, 2, 0) if one.question_id != question_id]
        if match is None or not others:
            continue
        takes = match.kind == matching.Kind.ANSWER and match.question_id == others[0].question_id
        if takes or others[0].score == 1.0:
            found.append(Conflict(text, question_id or 0, others[0].question_id, others[0].score))
    return found
