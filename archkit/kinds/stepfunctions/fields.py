"""The fields of Amazon States Language, by type of state (https://states-language.net/spec.html).

A blueprint may write them as AWS does or in snake_case: `ResultPath`, `result_path`.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["CATCH", "CHOICE", "GOES_ON", "MACHINE", "NESTED", "OWN", "RETRY", "STATES", "TEXT", "canonical"]

_PATHS = ("InputPath", "OutputPath")
_RESULT = ("ResultSelector", "ResultPath", "Parameters", "Arguments", "Output", "Assign")
_ERRORS = ("Retry", "Catch")
_ON = ("Next", "End")
_ANY = ("Type", "Comment", "QueryLanguage")

STATES: dict[str, tuple[str, ...]] = {
    "Task": (*_ANY, *_PATHS, *_RESULT, *_ERRORS, *_ON, "Resource", "Credentials", "TimeoutSeconds",
             "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"),
    "Pass": (*_ANY, *_PATHS, *_ON, "Result", "ResultPath", "Parameters", "Output", "Assign"),
    "Choice": (*_ANY, *_PATHS, "Choices", "Default", "Output", "Assign"),
    "Wait": (*_ANY, *_PATHS, *_ON, "Seconds", "SecondsPath", "Timestamp", "TimestampPath", "Output", "Assign"),
    "Succeed": (*_ANY, *_PATHS, "Output"),
    "Fail": (*_ANY, "Error", "ErrorPath", "Cause", "CausePath"),
    "Parallel": (*_ANY, *_PATHS, *_RESULT, *_ERRORS, *_ON, "Branches"),
    "Map": (*_ANY, *_PATHS, *_RESULT, *_ERRORS, *_ON, "ItemProcessor", "Iterator", "ItemsPath", "Items", "ItemSelector",
            "ItemReader", "ItemBatcher", "ResultWriter", "MaxConcurrency", "MaxConcurrencyPath", "Label",
            "ToleratedFailurePercentage", "ToleratedFailurePercentagePath", "ToleratedFailureCount",
            "ToleratedFailureCountPath"),
}  # fmt: skip
GOES_ON = frozenset({"Task", "Pass", "Wait", "Parallel", "Map"})
OWN = ("do", "wait", "states", "start", "mode", "execution", "url", "method", "rate", "secret", "secret_key", "header",
       "user", "client", "token_url")  # fmt: skip
"""Words of a blueprint that stand for fields."""

MACHINE = ("StartAt", "States", "Comment", "TimeoutSeconds", "QueryLanguage", "Version", "ProcessorConfig")
RETRY = ("ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy", "Comment")
CATCH = ("ErrorEquals", "Next", "ResultPath", "Assign", "Output", "Comment")
_COMPARED = ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
CHOICE = (
    "Variable", "Next", "And", "Or", "Not", "Condition", "Comment", "Assign", "Output", "BooleanEquals",
    "BooleanEqualsPath", "StringMatches", "IsBoolean", "IsNull", "IsNumeric", "IsPresent", "IsString", "IsTimestamp",
    *(f"{kind}{how}{path}" for kind in ("String", "Numeric", "Timestamp") for how in _COMPARED
      for path in ("", "Path")),
)  # fmt: skip
NESTED = {
    "ItemReader": ("Resource", "Parameters", "Arguments", "ReaderConfig"),
    "ResultWriter": ("Resource", "Parameters", "Arguments", "WriterConfig"),
    "ReaderConfig": ("InputType", "CSVHeaderLocation", "CSVHeaders", "CSVDelimiter", "MaxItems", "MaxItemsPath",
                     "ManifestType", "Transformation", "ItemsPointer"),
    "WriterConfig": ("Transformation", "OutputType"),
    "ItemBatcher": ("BatchInput", "MaxItemsPerBatch", "MaxItemsPerBatchPath", "MaxInputBytesPerBatch",
                    "MaxInputBytesPerBatchPath"),
    "ProcessorConfig": ("Mode", "ExecutionType"),
    "Credentials": ("RoleArn",),
}  # fmt: skip
TEXT = frozenset(
    name for fields in (*STATES.values(), *NESTED.values(), MACHINE, RETRY, CATCH, CHOICE) for name in fields
    if name.endswith("Path") or name.startswith(("String", "Timestamp")) or name in
    ("Type", "Comment", "Next", "Default", "Error", "Cause", "Resource", "StartAt", "QueryLanguage", "Version",
     "Variable", "Condition", "Label", "ErrorEquals", "JitterStrategy", "Mode", "ExecutionType", "InputType",
     "ManifestType", "CSVHeaderLocation", "CSVHeaders", "CSVDelimiter")
)  # fmt: skip
"""Fields whose value is text whatever it looks like, such as `StringEquals: 5`."""


def canonical(name: str, known: Iterable[str]) -> str | None:
    """Return a field as AWS spells it; None for an unknown one.

    >>> canonical("csv_headers", NESTED["ReaderConfig"]), canonical("resultPath", STATES["Task"]), canonical("x", RETRY)
    ('CSVHeaders', 'ResultPath', None)
    """
    plain = name.replace("_", "").lower()
    return next((field for field in known if field.lower() == plain), None)
