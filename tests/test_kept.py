"""What was worked out of objects is found again by those very objects, and by no others."""

import pandas as pd
import pytest

from hbgeo.measure.kept import Kept


def test_the_same_object_is_asked_once_and_one_alike_again() -> None:
    known, asked = Kept[int](), list[int]()
    index, alike = pd.Index(["a", "b"]), pd.Index(["a", "b"])

    def make() -> int:
        asked.append(len(asked))
        return asked[-1]

    assert [known.get(make, index) for _ in range(3)] == [0, 0, 0]
    assert known.get(make, alike) == 1
    assert known.get(make, index, name="other") == 2
    assert known.get(make, index) == 0


@pytest.mark.parametrize("most", [1, 2, 5])
def test_no_more_answers_are_kept_than_it_says_and_none_is_ever_wrong(most: int) -> None:
    known, lasting = Kept[str](most), [[number] for number in range(7)]
    for _ in range(2):
        for one in lasting:
            assert known.get(lambda one=one: str(one), one) == str(one)
            gone = [one[0] + 100]  # its number may be another's at once
            assert known.get(lambda gone=gone: str(gone), gone) == str(gone)
    assert len(known._known) == most
