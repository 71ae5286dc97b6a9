"""Resolvers' code where the author gives none: short scripts of the APPSYNC_JS runtime.

See https://docs.aws.amazon.com/appsync/latest/devguide/resolver-reference-overview-js.html; what they use is documented
there, and nothing else is available to them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

__all__ = ["ask_model", "call", "items", "local", "match", "names_fit", "publish", "put_events", "request", "statement"]

UTIL = "import { util } from '@aws-appsync/utils';\n"
FAILED = "  if (ctx.error) util.error(ctx.error.message, ctx.error.type);\n"
VALUES = "ctx.args.input ?? ctx.args"


def _script(imports: str, body: str, answer: str) -> str:
    """Return a resolver: what it asks, and what it answers."""
    return (f"{imports}\nexport function request(ctx) {{\n{body}}}\n\n"
            f"export function response(ctx) {{\n{FAILED}{answer}}}\n")  # fmt: skip


def names_fit(keys: Sequence[str]) -> bool:
    """Whether attributes can be arguments of a field: GraphQL's names have letters, digits and underscores."""
    return all(re.fullmatch("[_A-Za-z][_0-9A-Za-z]*", key) for key in keys)


def items(api: str, keys: Sequence[tuple[str, str]], index: str | None, listed: bool) -> str:
    """Return the script of one operation on a table with these keys; a new item without a key of text gets one."""
    names = [name for name, _ in keys]
    key, every = ", ".join(names), "{ " + ", ".join(names) + " }"
    made = ", ".join(f"{name}: {name} ?? util.autoId()" if (name, type) == (names[0], "S") else name
                     for name, type in keys)  # fmt: skip
    one = "  return ctx.result;\n"
    many = "  return ctx.result.items;\n" if listed else one
    paging = "  const { limit = 50, nextToken } = ctx.args;\n"
    where = f"{{ {names[0]}: {{ eq: ctx.args.{names[0]} }} }}"
    through = f"index: {json.dumps(index)}, " if index else ""
    rest = f"  const {{ {key}, ...rest }} = {VALUES};\n"
    bodies = {
        "GetItem": (f"  const {every} = ctx.args;\n  return ddb.get({{ key: {every} }});\n", one),
        "PutItem": (f"{rest}  return ddb.put({{ key: {{ {made} }}, item: rest }});\n", one),
        "UpdateItem": (f"{rest}  return ddb.update({{ key: {every}, update: rest }});\n", one),
        "DeleteItem": (f"  const {every} = {VALUES};\n  return ddb.remove({{ key: {every} }});\n", one),
        "Query": (f"{paging}  return ddb.query({{ query: {where}, {through}limit, nextToken }});\n", many),
        "Scan": (f"{paging}  return ddb.scan({{ {through}limit, nextToken }});\n", many),
    }  # fmt: skip
    body, answer = bodies[api]
    return _script(f"{UTIL}import * as ddb from '@aws-appsync/utils/dynamodb';\n", body, answer)


def request(method: str, path: str, headers: dict[str, str]) -> str:
    """Return the script of an HTTP request: the field's arguments are its query, or its body."""
    said = "query: ctx.args" if method in ("GET", "DELETE") else "body: ctx.args"
    sent = json.dumps({"Content-Type": "application/json", **headers})
    parts = re.sub(r"\{(\w+)\}", r"${util.urlEncode(ctx.args.\1)}", path)
    resource = f"`{parts}`" if parts != path else json.dumps(path)
    body = (f"  return {{\n    method: '{method}',\n    resourcePath: {resource},\n"
            f"    params: {{ headers: {sent}, {said} }},\n  }};\n")  # fmt: skip
    return _script(UTIL, body, _answer())


def _answer() -> str:
    return ("  if (ctx.result.statusCode >= 400) util.error(ctx.result.body, 'HttpError');\n"
            "  return JSON.parse(ctx.result.body);\n")  # fmt: skip


def call(target: str, version: str, parameters: dict[str, str]) -> str:
    """Return the script of a signed call of a service that speaks JSON; `parameters` are expressions by name."""
    said = ", ".join(f"{name}: {value}" if name else value for name, value in parameters.items())
    headers = json.dumps({"Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": target})
    body = (f"  return {{\n    method: 'POST',\n    resourcePath: '/',\n"
            f"    params: {{ headers: {headers}, body: {{ {said} }} }},\n  }};\n")  # fmt: skip
    return _script(UTIL, body, _answer())


def publish(topic: str) -> str:
    """Return the script that publishes a field's arguments to a topic; SNS takes a form and answers with XML."""
    body = (
        "  const message = util.urlEncode(JSON.stringify(ctx.args));\n"
        f"  const topic = util.urlEncode({topic});\n"
        "  return {\n    method: 'POST',\n    resourcePath: '/',\n    params: {\n"
        "      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },\n"
        "      body: `Action=Publish&Version=2010-03-31&TopicArn=${topic}&Message=${message}`,\n    },\n  };\n"
    )
    answer = ("  if (ctx.result.statusCode >= 400) util.error(ctx.result.body, 'HttpError');\n"
              "  return util.xml.toMap(ctx.result.body).PublishResponse.PublishResult;\n")  # fmt: skip
    return _script(UTIL, body, answer)


def put_events(source: str, detail_type: str) -> str:
    """Return the script that puts an event with a field's arguments on a bus, and answers with them."""
    event = f"source: {json.dumps(source)}, detailType: {json.dumps(detail_type)}, detail: ctx.args"
    return _script(UTIL, f"  return {{ operation: 'PutEvents', events: [{{ {event} }}] }};\n", "  return ctx.args;\n")


def ask_model(model: str) -> str:
    """Return the script that asks a model what a field's arguments say, and answers with its text."""
    body = (
        "  const text = ctx.args.prompt ?? JSON.stringify(ctx.args);\n"
        "  const messages = [{ role: 'user', content: [{ text }] }];\n"
        f"  return converse({{ modelId: {json.dumps(model)}, messages }});\n"
    )
    imports = UTIL + "import { converse } from '@aws-appsync/utils/ai';\n"
    return _script(imports, body, "  return ctx.result.output.message.content[0].text;\n")


def match(index: str, writes: bool, listed: bool) -> str:
    """Return the script that searches an index for `query`, or puts a document with an id into it."""
    if writes:
        body = (
            f"  const {{ id, ...body }} = {VALUES};\n"
            f"  return {{ operation: 'PUT', path: `/{index}/_doc/${{util.urlEncode(id)}}`, params: {{ body }} }};\n"
        )
        return _script(UTIL, body, f"  return {VALUES};\n")
    body = (
        "  const { query, limit = 50 } = ctx.args;\n"
        "  const asked = query ? { simple_query_string: { query } } : { match_all: {} };\n"
        "  const body = { size: limit, query: asked };\n"
        f"  return {{ operation: 'GET', path: '/{index}/_search', params: {{ body }} }};\n"
    )
    found = "ctx.result.hits.hits.map((hit) => hit._source)"
    return _script(UTIL, body, f"  return {found if listed else found + '[0]'};\n")


def statement(sql: str, listed: bool) -> str:
    """Return the script of one SQL statement; `:name` in it is the argument of that name."""
    names = sorted(set(re.findall(r"(?<!:):([A-Za-z_]\w*)", sql)))
    held = ", ".join(f"':{name}': ctx.args.{name}" for name in names)
    body = f"  return {{ statements: [{json.dumps(sql)}], variableMap: {{ {held} }} }};\n"
    rows = "toJsonObject(ctx.result)[0]"
    imports = UTIL + "import { toJsonObject } from '@aws-appsync/utils/rds';\n"
    return _script(imports, body, f"  return {rows if listed else rows + '[0]'};\n")


def local() -> str:
    """Return the script of a field that asks nobody: what it is told is what its subscribers hear."""
    return _script(UTIL, "  return { payload: ctx.args };\n", "  return ctx.result;\n")
