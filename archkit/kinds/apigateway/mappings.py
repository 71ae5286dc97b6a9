r"""Mapping templates: how a request to a REST API becomes the call of a service, in Velocity.

`$util.escapeJavaScript` escapes apostrophes, which JSON does not know, hence `.replaceAll("\\'", "'")`
(https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#util-template-reference).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archkit.architecture import Node
from archkit.kinds.apigateway.paths import variables
from archkit.scope import Scope
from archkit.values import Sub

__all__ = ["CALLABLE", "JSON", "default_template", "integration_of", "key_of", "missing", "wrong_key"]

FORM = "application/x-www-form-urlencoded"
TARGETS = {
    "comprehend": "Comprehend_20171127", "translate": "AWSShineFrontendService_20170701", "textract": "Textract",
    "rekognition": "RekognitionService", "transcribe": "Transcribe",
}  # fmt: skip
"""Services whose calls are told by a header, of which this is the beginning; a request's body is the call's."""
JSON = ("dynamodb", "states", "kinesis", "events", "firehose", *TARGETS)
"""Services that take JSON: any of their operations can be called with a template of the author's."""

DEFAULTS = frozenset({
    ("sqs", "SendMessage"), ("sns", "Publish"), ("states", "StartExecution"), ("states", "StartSyncExecution"),
    ("kinesis", "PutRecord"), ("firehose", "PutRecord"), ("events", "PutEvents"), ("dynamodb", "GetItem"),
    ("dynamodb", "PutItem"), ("dynamodb", "DeleteItem"), ("dynamodb", "Query"), ("dynamodb", "Scan"),
    ("s3", "GetObject"), ("s3", "PutObject"), ("s3", "DeleteObject"),
})  # fmt: skip
CALLABLE = frozenset({"sqs", "sns", "s3", *JSON})

FROM_PATH = ("GetItem", "DeleteItem", "Query", "GetObject", "PutObject", "DeleteObject")
"""Operations whose default takes the key from the parameters of the path."""

_VERBS = {"GetObject": "GET", "PutObject": "PUT", "DeleteObject": "DELETE"}


def missing(service: str, api: str, path: str, template: Any) -> tuple[str, str] | None:
    """Say what a call needs that the route does not give, and the way out; None where it has all."""
    if template is None and (service, api) not in DEFAULTS and service not in TARGETS:
        return f"{api} has no template of archkit's", "template: the request's body in Velocity"
    if (template is None or service == "s3") and api in FROM_PATH and not variables(path):
        what = "the object's key" if service == "s3" else "the item's key"
        return f"{api} takes {what} from the path, and '{path}' has no parameter", f"{path.rstrip('/')}/{{id}}"
    return None


def wrong_key(api: str, path: str, types: Mapping[str, str]) -> tuple[str, str] | None:
    """Say how the parameters of a path differ from the key of the table; None where they name it."""
    names, whole = set(variables(path)), list(types)
    if not whole or api not in ("GetItem", "DeleteItem", "Query"):
        return None
    if names == set(whole) or (api == "Query" and whole[0] in names and names <= set(whole)):
        return None
    key = " and ".join(f"'{name}'" for name in whole)
    given = " and ".join(f"'{name}'" for name in variables(path)) or "nothing"
    return f"the table's key is {key}, and the path gives {given}", "/items/" + "/".join(
        f"{{{name}}}" for name in whole
    )


def integration_of(service: str, api: str, path: str, target: Scope) -> dict[str, Any]:
    """Return where a REST API sends a call: the method, the address, and the parameters beside the body."""
    base = f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:{service}:"
    if service == "sqs":
        uri = Sub(base + "path/${AWS::AccountId}/${Queue}", {"Queue": target.attribute("name")})
        return _call("POST", uri, {"header.Content-Type": f"'{FORM}'"})
    if service == "sns":
        return _call("POST", Sub(base + "path//"), {"header.Content-Type": f"'{FORM}'"})
    if service == "s3":
        key = "/".join(f"{{{name}}}" for name in variables(path))
        given = {f"path.{name}": f"method.request.path.{name}" for name in variables(path)}
        if api == "PutObject":
            given["header.Content-Type"] = "method.request.header.Content-Type"
        uri = Sub(base + "path/${Bucket}/" + key, {"Bucket": target.attribute("name")})
        return _call(_VERBS[api], uri, given)
    target_of = {"events": "AWSEvents", **TARGETS}.get(service)
    headers = {"header.X-Amz-Target": f"'{target_of}.{api}'", "header.Content-Type": "'application/x-amz-json-1.1'"}
    return _call("POST", Sub(base + f"action/{api}"), headers if target_of else {})


def _call(method: str, uri: Any, parameters: Mapping[str, str]) -> dict[str, Any]:
    return {
        "IntegrationHttpMethod": method,
        "Uri": uri,
        "RequestParameters": {f"integration.request.{name}": value for name, value in parameters.items()} or None,
    }


def default_template(service: str, api: str, path: str, target: Scope, said: Mapping[str, Any]) -> Any:
    """Return the template by which a request becomes the call's body; None where the body goes on as it is.

    `said` holds what an edge may say: `group`, `deduplicate`, `source` and `detail_type`.
    """
    group = said.get("group")
    more = f"&MessageGroupId=$util.urlEncode({group})" if group else ""
    more += "&MessageDeduplicationId=$context.requestId" if said.get("deduplicate") else ""
    if service == "sqs":
        return f"Action=SendMessage&MessageBody=$util.urlEncode($input.body){more}"
    if service == "sns":
        text = f"Action=Publish&TopicArn=$util.urlEncode('${{Topic}}')&Message=$util.urlEncode($input.body){more}"
        return Sub(text, {"Topic": target.attribute("arn")})
    if service == "states":
        return Sub(f'{{"stateMachineArn": "${{Machine}}", "input": "{_text("$input.json(" + _ROOT + ")")}"}}',
                   {"Machine": target.attribute("arn")})  # fmt: skip
    if service == "kinesis":
        key = _text(group) if group else "$context.requestId"
        data = f'"Data": "$util.base64Encode($input.body)", "PartitionKey": "{key}"'
        return Sub(f'{{"StreamName": "${{Stream}}", {data}}}', {"Stream": target.attribute("name")})
    if service == "firehose":
        return Sub('{"DeliveryStreamName": "${Stream}", "Record": {"Data": "$util.base64Encode($input.body)"}}',
                   {"Stream": target.attribute("name")})  # fmt: skip
    if service == "events":
        entry = (f'"EventBusName": "${{Bus}}", "Source": "${{Source}}", "DetailType": "${{Type}}", '
                 f'"Detail": "{_text("$input.json(" + _ROOT + ")")}"')  # fmt: skip
        return Sub(f'{{"Entries": [{{{entry}}}]}}',
                   {"Bus": target.attribute("arn"), "Source": said["source"], "Type": said["detail_type"]})  # fmt: skip
    return _item(api, path, target, key_of(target.node)) if service == "dynamodb" else None


_ROOT = "'$'"


def _text(expression: str) -> str:
    """Return an expression as the inside of a JSON text."""
    return f'$util.escapeJavaScript({expression}).replaceAll("\\\\\'", "\'")'


def key_of(node: Node) -> dict[str, str]:
    """Return the attributes of a table's key with their types, as far as the blueprint knows them."""
    key = getattr(node.kind, "key", None)
    return {} if node.existing is not None else dict(getattr(key, "attributes", ()))


def _item(api: str, path: str, target: Scope, types: dict[str, str]) -> Any:
    """Return the call of a table: parameters of the path are the key, members of the body other attributes.

    All are text but those of the key, whose types the table says.
    """
    names = variables(path)
    keys = ", ".join(f'"{name}": {_typed(name, types)}' for name in names)
    table = '"TableName": "${Table}"'
    if api == "PutItem":
        odd = "".join(f'#if($name == "{name}"){type}#{{else}}' for name, type in types.items() if type != "S")
        kind = f"{odd}S{'#end' * odd.count('#if')}"
        body = f'"{_text("$name")}": {{"{kind}": "{_text("$body.get($name)")}"}}'
        if names:
            others = " && ".join(f'$name != "{name}"' for name in names)
            body = f"#if({others}), {body}#end"
        else:
            body += "#if($foreach.hasNext), #end"
        members = f"#foreach($name in $body.keySet()){body}#end"
        text = f"#set($body = $input.path('$'))\n{{{table}, \"Item\": {{{keys}{members}}}}}"
    elif api == "Query":
        condition = " AND ".join(f"#k{number} = :k{number}" for number in range(len(names)))
        called = ", ".join(f'"#k{number}": "{name}"' for number, name in enumerate(names))
        values = ", ".join(f'":k{number}": {_typed(name, types)}' for number, name in enumerate(names))
        text = (f'{{{table}, "KeyConditionExpression": "{condition}", "ExpressionAttributeNames": {{{called}}}, '
                f'"ExpressionAttributeValues": {{{values}}}}}')  # fmt: skip
    elif api == "Scan":
        text = f"{{{table}}}"
    else:
        text = f'{{{table}, "Key": {{{keys}}}}}'
    return Sub(text, {"Table": target.attribute("name")})


def _typed(name: str, types: dict[str, str]) -> str:
    """Return the value of a path's parameter as DynamoDB writes it."""
    parameter = f"$input.params('{name}')"
    return f'{{"{types.get(name, "S")}": "{_text(parameter)}"}}'
