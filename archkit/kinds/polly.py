"""Amazon Polly."""

from __future__ import annotations

from typing import ClassVar

from archkit.shared.services import Service


class Polly(Service, name="polly", icon="aws/ml/polly", service="Amazon Polly"):
    """Speech out of text.

    Long texts become files in a bucket by a task, which is written with the caller's own rights.
    """

    prefix = "polly"
    words: ClassVar = {
        "speak": ("SynthesizeSpeech",),
        "task": ("StartSpeechSynthesisTask", "GetSpeechSynthesisTask"),
        "voices": ("DescribeVoices",),
    }
    calls: ClassVar = (
        "DeleteLexicon", "DescribeVoices", "GetLexicon", "GetSpeechSynthesisTask", "ListLexicons",
        "ListSpeechSynthesisTasks", "PutLexicon", "StartSpeechSynthesisTask", "SynthesizeSpeech",
    )  # fmt: skip
    within: ClassVar = {"DeleteLexicon": "lexicon", "GetLexicon": "lexicon", "PutLexicon": "lexicon"}
