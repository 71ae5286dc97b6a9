"""Services without a resource: an edge grants the operations that it names, no wildcard action among them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from archkit import catalog, cfn
from archkit.shared.services import Service
from tests.options import Option, holds, synthesized

FUNCTION = "  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\n"
NAMES = ("rekognition", "textract", "comprehend", "translate", "transcribe", "polly")
STEM = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"


GRANTS = "no resource needed; an edge grants the operations named"
OPTIONS = [
    Option(f"Amazon {name.capitalize()}", GRANTS, f"nodes:\n{FUNCTION}  ai: {name}\nedges: [{{work -> ai: {said}}}]\n",
           "Resources.WorkRolePolicy.Properties.PolicyDocument.Statement.1.Action", action)
    for name, said, action in (
        ("rekognition", "DetectText", "rekognition:DetectText"),
        ("textract", "DetectDocumentText", "textract:DetectDocumentText"),
        ("comprehend", "DetectPiiEntities", "comprehend:DetectPiiEntities"),
        ("translate", "TranslateText", "translate:TranslateText"),
        ("transcribe", "StartTranscriptionJob", "transcribe:StartTranscriptionJob"),
        ("polly", "SynthesizeSpeech", "polly:SynthesizeSpeech"),
    )
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: row.service)
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def rights(text: str, folder: Path, policy: str = "WorkRolePolicy") -> list[tuple[Any, Any]]:
    """Return actions and resources, those of logs left out."""
    (template,) = synthesized(text, folder).values()
    return [(s["Action"], s["Resource"])
            for s in template["Resources"][policy]["Properties"]["PolicyDocument"]["Statement"]
            if not any(action.startswith("logs:") for action in s["Action"])]  # fmt: skip


def granted(kind: str, said: str, folder: Path) -> list[tuple[Any, Any]]:
    return rights(f"nodes:\n{FUNCTION}  ai: {kind}\nedges: [{{work -> ai: {said}}}]\n", folder)


@pytest.mark.parametrize(("kind", "said", "expected"), [
    ("rekognition", "", [("rekognition:DetectLabels", "*")]),
    ("rekognition", "DetectText", [("rekognition:DetectText", "*")]),
    ("rekognition", "search", [(["rekognition:SearchFaces", "rekognition:SearchFacesByImage"],
                                {"Fn::Sub": STEM % ("rekognition", "collection/*")})]),
    ("{kind: rekognition, names: {collection: [staff]}}", "{does: [labels, IndexFaces]}",
     [("rekognition:DetectLabels", "*"),
      ("rekognition:IndexFaces", {"Fn::Sub": STEM % ("rekognition", "collection/staff")})]),
    ("rekognition", "{actions: ['rekognition:DeleteFaces']}",
     [("rekognition:DeleteFaces", {"Fn::Sub": STEM % ("rekognition", "collection/*")})]),
    ("textract", "", [("textract:DetectDocumentText", "*")]),
    ("textract", "analyze_many_pages", [(["textract:StartDocumentAnalysis", "textract:GetDocumentAnalysis"], "*")]),
    ("comprehend", "", [([f"comprehend:Detect{what}" for what in
                          ("DominantLanguage", "Entities", "KeyPhrases", "Sentiment")], "*")]),
    ("comprehend", "DetectPiiEntities", [("comprehend:DetectPiiEntities", "*")]),
    ("translate", "", [("translate:TranslateText", "*")]),
    ("transcribe", "", [("transcribe:StartTranscriptionJob", "*"),
                        ("transcribe:GetTranscriptionJob", {"Fn::Sub": STEM % ("transcribe", "transcription-job/*")})]),
    ("polly", "", [("polly:SynthesizeSpeech", "*")]),
])  # fmt: skip
def test_function_to_service(kind: str, said: str, expected: Any, tmp_path: Path) -> None:
    assert granted(kind, said or "{step: 1}", tmp_path) == expected


def test_workflow_calls_an_operation(tmp_path: Path) -> None:
    text = (
        "nodes:\n  texts: comprehend\n  flow:\n    kind: stepfunctions.state_machine\n    states:\n"
            "      Feel: {do: texts.DetectSentiment, arguments: {LanguageCode: en, Text.$: $.text}, end: true}\n"
    )  # fmt: skip
    assert ("comprehend:DetectSentiment", "*") in rights(text, tmp_path, "FlowRolePolicy")


def test_rest_api_calls_an_operation(tmp_path: Path) -> None:
    text = ("nodes:\n  api: apigateway.rest\n  texts: comprehend\n"
            "edges: [{api -> texts: {does: POST /feel, operation: DetectSentiment}}]\n")  # fmt: skip
    (template,) = synthesized(text, tmp_path).values()
    (method,) = (r["Properties"]["Integration"] for r in template["Resources"].values()
                 if r["Type"] == "AWS::ApiGateway::Method")  # fmt: skip
    header = method["RequestParameters"]["integration.request.header.X-Amz-Target"]
    assert header == "'Comprehend_20171127.DetectSentiment'"
    (policy,) = (name for name in template["Resources"] if name.endswith("RolePolicy"))
    assert rights(text, tmp_path, policy) == [("comprehend:DetectSentiment", "*")]


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_is_one_that_iam_knows(name: str) -> None:
    kind = catalog.find(name)
    assert kind is not None and issubclass(kind, Service) and kind.draw_only()
    actions = {action for grant in kind.grants.values() for action in grant.actions}
    assert {action.split(":")[1].lower() for action in actions} <= cfn.actions(kind.prefix)
    assert set(kind.within) <= set(kind.calls)
    assert all(grant.wildcard for grant in kind.grants.values())


def test_unknown_operation_is_refused(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = f"name: test\nnodes:\n{FUNCTION}  eyes: rekognition\nedges: [{{work -> eyes: DetectLabel}}]\n"
    (found,) = archkit.load(tmp_path / "blueprint.yaml", text=text).check()
    assert (found.code, found.help) == ("unknown-word", "did you mean 'DetectLabels'?")
