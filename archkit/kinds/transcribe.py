"""Amazon Transcribe."""

from __future__ import annotations

from typing import ClassVar

from archkit.shared.services import Service


class Transcribe(Service, name="transcribe", icon="aws/ml/transcribe", service="Amazon Transcribe"):
    """Text out of speech, from files or live.

    An edge to it grants starting a job and asking for its state. Media is read and text written with the caller's own
    rights on the buckets. `names: {transcription-job: [calls-*]}` limits the jobs by name.
    """

    prefix = "transcribe"
    words: ClassVar = {
        "transcribe": ("StartTranscriptionJob", "GetTranscriptionJob"),
        "live": ("StartStreamTranscription",),
        "calls": ("StartCallAnalyticsJob", "GetCallAnalyticsJob"),
        "delete": ("DeleteTranscriptionJob",),
    }
    calls: ClassVar = (
        "DeleteTranscriptionJob", "GetCallAnalyticsJob", "GetMedicalTranscriptionJob", "GetTranscriptionJob",
        "GetVocabulary", "ListTranscriptionJobs", "StartCallAnalyticsJob", "StartMedicalTranscriptionJob",
        "StartStreamTranscription", "StartTranscriptionJob",
    )  # fmt: skip
    within: ClassVar = {
        "DeleteTranscriptionJob": "transcription-job", "GetCallAnalyticsJob": "analytics",
        "GetMedicalTranscriptionJob": "medical-transcription-job", "GetTranscriptionJob": "transcription-job",
        "GetVocabulary": "vocabulary",
    }  # fmt: skip
