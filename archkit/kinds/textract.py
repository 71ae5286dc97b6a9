"""Amazon Textract."""

from __future__ import annotations

from typing import ClassVar

from archkit.shared.services import Service


class Textract(Service, name="textract", icon="aws/ml/textract", service="Amazon Textract"):
    """Text, forms and tables out of scanned documents.

    An edge to it grants the operations that it names: `read -> forms: AnalyzeDocument`. Documents are read with the
    caller's own rights on their bucket.
    """

    prefix = "textract"
    words: ClassVar = {
        "text": ("DetectDocumentText",),
        "analyze": ("AnalyzeDocument",),
        "expense": ("AnalyzeExpense",),
        "identity": ("AnalyzeID",),
        "many_pages": ("StartDocumentTextDetection", "GetDocumentTextDetection"),
        "analyze_many_pages": ("StartDocumentAnalysis", "GetDocumentAnalysis"),
    }
    calls: ClassVar = (
        "AnalyzeDocument", "AnalyzeExpense", "AnalyzeID", "DetectDocumentText", "GetDocumentAnalysis",
        "GetDocumentTextDetection", "GetExpenseAnalysis", "GetLendingAnalysis", "GetLendingAnalysisSummary",
        "StartDocumentAnalysis", "StartDocumentTextDetection", "StartExpenseAnalysis", "StartLendingAnalysis",
    )  # fmt: skip
