"""Amazon Comprehend."""

from __future__ import annotations

from typing import ClassVar

from archkit.shared.services import Service

JOBS = {
    "DominantLanguageDetectionJob": "dominant-language-detection-job", "EntitiesDetectionJob": "entities-detection-job",
    "KeyPhrasesDetectionJob": "key-phrases-detection-job", "PiiEntitiesDetectionJob": "pii-entities-detection-job",
    "SentimentDetectionJob": "sentiment-detection-job", "TopicsDetectionJob": "topics-detection-job",
}  # fmt: skip


class Comprehend(Service, name="comprehend", icon="aws/ml/comprehend", service="Amazon Comprehend"):
    """What a text says: its language, sentiment, entities, key phrases and personal data.

    An edge to it grants the operations that it names: `clean -> reader: DetectPiiEntities`.
    """

    prefix = "comprehend"
    words: ClassVar = {
        "detect": ("DetectDominantLanguage", "DetectEntities", "DetectKeyPhrases", "DetectSentiment"),
        "language": ("DetectDominantLanguage",),
        "entities": ("DetectEntities",),
        "sentiment": ("DetectSentiment",),
        "personal_data": ("ContainsPiiEntities", "DetectPiiEntities"),
        "batch": (
            "BatchDetectDominantLanguage",
            "BatchDetectEntities",
            "BatchDetectKeyPhrases",
            "BatchDetectSentiment",
        ),
        "classify": ("ClassifyDocument",),
    }
    calls: ClassVar = (
        "BatchDetectDominantLanguage", "BatchDetectEntities", "BatchDetectKeyPhrases", "BatchDetectSentiment",
        "BatchDetectSyntax", "BatchDetectTargetedSentiment", "ClassifyDocument", "ContainsPiiEntities",
        "DetectDominantLanguage", "DetectEntities", "DetectKeyPhrases", "DetectPiiEntities", "DetectSentiment",
        "DetectSyntax", "DetectTargetedSentiment", "DetectToxicContent",
        *(f"{verb}{job}" for verb in ("Start", "Describe") for job in JOBS),
    )  # fmt: skip
    within: ClassVar = {
        "ClassifyDocument": "document-classifier-endpoint",
        **{f"{verb}{job}": sort for verb in ("Start", "Describe") for job, sort in JOBS.items()},
    }
