"""TF-IDF with logistic regression, trained on the same texts: what any newsroom could have."""

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bench.quality.labelled import Labelled
from bench.quality.scores import Counts, weigh

LARGEST_WEIGHT = 60.0
WEIGHT_POWER = 0.5


def text_of(item: Labelled) -> str:
    return f"{item.title} {item.title} {item.text}"


def baseline_scores(train: Sequence[Labelled], test: Sequence[Labelled]) -> np.ndarray:
    """The chance that each test text is wanted."""
    vectorizer = TfidfVectorizer(
        sublinear_tf=True, min_df=3, ngram_range=(1, 2), strip_accents="unicode"
    )
    weights = [min(item.weight, LARGEST_WEIGHT) ** WEIGHT_POWER for item in train]
    model = LogisticRegression(C=20, max_iter=2000)
    model.fit(
        vectorizer.fit_transform([text_of(item) for item in train]),
        [item.relevant for item in train],
        sample_weight=weights,
    )
    chances: np.ndarray = model.predict_proba(
        vectorizer.transform([text_of(item) for item in test])
    )[:, 1]
    return chances


def balanced(items: Sequence[Labelled], scores: np.ndarray) -> Counts:
    """The table where precision and recall balance, labels of low confidence left out.

    The threshold is chosen on these very texts, which flatters the baseline.
    """
    scored = [
        (item, score) for item, score in zip(items, scores, strict=True) if item.confidence != "low"
    ]
    tables = [
        weigh((item.relevant, score >= threshold, item.weight) for item, score in scored)
        for threshold in np.quantile(scores, np.linspace(0.5, 0.999, 120))
    ]
    return max(tables, key=lambda t: min(t.precision.value or 0.0, t.recall.value or 0.0))
