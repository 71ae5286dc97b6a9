"""Amazon Translate."""

from __future__ import annotations

from typing import ClassVar

from archkit.shared.services import Service


class Translate(Service, name="translate", icon="aws/ml/translate", service="Amazon Translate"):
    """Translation of texts and documents between languages.

    A caller that lets the source language be found out needs Comprehend's DetectDominantLanguage besides.
    """

    prefix = "translate"
    words: ClassVar = {
        "translate": ("TranslateText",),
        "document": ("TranslateDocument",),
        "job": ("StartTextTranslationJob", "DescribeTextTranslationJob"),
    }
    calls: ClassVar = (
        "DescribeTextTranslationJob", "GetTerminology", "ListLanguages", "ListTerminologies", "ListTextTranslationJobs",
        "StartTextTranslationJob", "StopTextTranslationJob", "TranslateDocument", "TranslateText",
    )  # fmt: skip
    within: ClassVar = {"GetTerminology": "terminology"}
