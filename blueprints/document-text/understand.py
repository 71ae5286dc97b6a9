"""Read a scanned document, find out what it says, and keep it in English."""

import os
import urllib.parse

import boto3

TEXTRACT = boto3.client("textract")
COMPREHEND = boto3.client("comprehend")
TRANSLATE = boto3.client("translate")
DOCUMENTS = boto3.resource("dynamodb").Table(os.environ["DOCUMENTS"])
LANGUAGES = {"ar", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "pt", "zh", "zh-TW"}
"""What Comprehend tells mood and phrases of (https://docs.aws.amazon.com/comprehend/latest/dg/supported-languages.html)."""


def handler(event, context):
    """Understand each uploaded scan."""
    for record in event["Records"]:
        bucket, key = record["s3"]["bucket"]["name"], urllib.parse.unquote_plus(record["s3"]["object"]["key"])
        DOCUMENTS.put_item(Item={"scan": key, **understand(read(bucket, key))})


def read(bucket, key):
    """Return the lines of a scan as one text, no longer than Comprehend takes."""
    blocks = TEXTRACT.detect_document_text(Document={"S3Object": {"Bucket": bucket, "Name": key}})["Blocks"]
    lines = "\n".join(block["Text"] for block in blocks if block["BlockType"] == "LINE")
    return lines.encode()[:5000].decode("utf-8", "ignore")


def understand(text):
    """Return what a text says: its language, mood and key phrases, and its English form."""
    if not text:
        return {"text": ""}
    language = COMPREHEND.detect_dominant_language(Text=text)["Languages"][0]["LanguageCode"]
    found = {"text": text, "language": language, "english": english(text, language)}
    if language in LANGUAGES:
        phrases = COMPREHEND.detect_key_phrases(Text=text, LanguageCode=language)["KeyPhrases"]
        found["mood"] = COMPREHEND.detect_sentiment(Text=text, LanguageCode=language)["Sentiment"]
        found["about"] = sorted({phrase["Text"] for phrase in phrases})[:20]
    return found


def english(text, language):
    """Return a text in English."""
    if language == "en":
        return text
    return TRANSLATE.translate_text(Text=text, SourceLanguageCode=language, TargetLanguageCode="en")["TranslatedText"]
