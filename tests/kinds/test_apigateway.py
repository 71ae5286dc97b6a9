"""API Gateway: what each edge becomes, what it may do, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archkit import catalog
from tests.kinds.apigateway_blueprints import HTTP, REST, WORK, Stream, blueprint, resources
from tests.options import synthesized

ARN = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/"
CALL = "arn:${AWS::Partition}:apigateway:${AWS::Region}:"


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the kind known that stands for a Kinesis stream."""
    real = catalog.find
    monkeypatch.setattr(catalog, "find", lambda name: Stream if name == "fake.stream" else real(name))
    yield


def rights(found: dict[str, Any], policy: str) -> list[tuple[Any, Any]]:
    """Return pairs of action and resource that a role's policy allows."""
    statements = found[policy]["Properties"]["PolicyDocument"]["Statement"]
    return [(statement["Action"], statement["Resource"]) for statement in statements]


@pytest.mark.parametrize(
    ("service", "edge", "source"),
    [
        (HTTP, "api -> work: POST /links/{slug}", "*/POST/links/*"),
        (HTTP, "api -> work: ANY /{proxy+}", "*/*/*"),
        (HTTP, "api -> work", "*/$default"),
        (REST, "api -> work: POST /links/{slug}", "prod/POST/links/*"),
        (REST, "api -> work: /links", "prod/*/links"),
    ],
)
def test_a_function_lets_in_one_route(service: str, edge: str, source: str, tmp_path: Path) -> None:
    found = resources(service, tmp_path, edge)
    (permission,) = [r["Properties"] for r in found.values() if r["Type"] == "AWS::Lambda::Permission"]
    assert permission == {"FunctionName": {"Ref": "Work"}, "Action": "lambda:InvokeFunction",
                          "Principal": "apigateway.amazonaws.com", "SourceArn": {"Fn::Sub": ARN + source}}  # fmt: skip


def test_an_authorizer_is_let_in_as_such(tmp_path: Path) -> None:
    found = resources(HTTP, tmp_path, "api -> check: authorize", "api -> work: GET /links")
    assert found["CheckApiAuthorizerPermission"]["Properties"]["SourceArn"] == {
        "Fn::Sub": ARN + "authorizers/${ApiCheckAuthorizer}"
    }


def test_a_function_of_somebody_else_is_invoked_with_a_role(tmp_path: Path) -> None:
    text = """nodes:
  api: apigateway.http
  theirs: {kind: lambda.function, existing: "arn:aws:lambda:eu-west-1:123456789012:function:theirs"}
edges:
  - api -> theirs: GET /theirs
"""
    (template,) = synthesized(text, tmp_path).values()
    found = template["Resources"]
    assert not [r for r in found.values() if r["Type"] == "AWS::Lambda::Permission"]
    assert found["ApiGetTheirsIntegration"]["Properties"]["CredentialsArn"] == {
        "Fn::GetAtt": ["ApiTheirsGETTheirsRole", "Arn"]
    }
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:theirs"
    assert rights(found, "ApiTheirsGETTheirsRolePolicy") == [("lambda:InvokeFunction", arn)]


SUBTYPES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "jobs": ("SQS-SendMessage", "sqs:SendMessage", {"QueueUrl": {"Fn::GetAtt": ["Jobs", "QueueUrl"]},
    "MessageBody": "$request.body"}),
    "bus": ("EventBridge-PutEvents", "events:PutEvents", {
        "EventBusName": {"Fn::GetAtt": ["Bus", "Arn"]}, "Source": "test", "DetailType": "api",
        "Detail": "$request.body"}),
    "flow": ("StepFunctions-StartExecution", "states:StartExecution", {
        "StateMachineArn": None, "Input": "$request.body"}),
    "clicks": ("Kinesis-PutRecord", "kinesis:PutRecord", {
        "StreamName": {"Ref": "Clicks"}, "Data": "$request.body", "PartitionKey": "$context.requestId"}),
}  # fmt: skip


@pytest.mark.parametrize("target", SUBTYPES)
def test_an_http_api_calls_a_service(target: str, tmp_path: Path) -> None:
    subtype, action, parameters = SUBTYPES[target]
    found = resources(HTTP, tmp_path, f"api -> {target}: POST /in")
    parameters = {name: value or found_arn(found, target) for name, value in parameters.items()}
    role = f"Api{target.capitalize()}POSTInRole"
    assert found["ApiPostInIntegration"]["Properties"] == {
        "ApiId": {"Ref": "Api"}, "IntegrationType": "AWS_PROXY", "IntegrationSubtype": subtype,
        "PayloadFormatVersion": "1.0",
        "CredentialsArn": {"Fn::GetAtt": [role, "Arn"]}, "RequestParameters": parameters,
    }  # fmt: skip
    assert found["ApiPostInIntegration"]["DependsOn"] == [f"{role}Policy"]
    assert rights(found, f"{role}Policy") == [(action, found_arn(found, target))]


def found_arn(found: dict[str, Any], node: str) -> Any:
    """Return the ARN of a node: its attribute, or for a workflow the one that its name makes."""
    if node != "flow":
        return {"Fn::GetAtt": [node.capitalize(), "Arn"]}
    name = found["Flow"]["Properties"]["StateMachineName"]["Fn::Sub"]
    arn = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:"
    return {"Fn::Sub": [arn + name[0], name[1]]}


def test_a_rest_api_starts_a_workflow(tmp_path: Path) -> None:
    found = resources(REST, tmp_path, "api -> flow: POST /in")
    arn, name = found_arn(found, "flow")["Fn::Sub"]
    integration = found["ApiPostInMethod"]["Properties"]["Integration"]
    assert integration["Uri"] == {"Fn::Sub": CALL + "states:action/StartExecution"}
    text = f'{{"stateMachineArn": "{arn}", "input": "{BODY}"}}'
    assert integration["RequestTemplates"]["application/json"] == {"Fn::Sub": [text, name]}
    assert rights(found, "ApiFlowPOSTInRolePolicy") == [("states:StartExecution", found_arn(found, "flow"))]


def escaped(expression: str) -> str:
    """Return what makes an expression the inside of a JSON text."""
    return f'$util.escapeJavaScript({expression}).replaceAll("\\\\\'", "\'")'


BODY, SLUG = escaped("$input.json('$')"), escaped("$input.params('slug')")
MAPPED = {
    "POST jobs": ("sqs:path/${AWS::AccountId}/${Jobs.QueueName}", "sqs:SendMessage",
                  "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"),
    "POST news": ("sns:path//", "sns:Publish",
                  "Action=Publish&TopicArn=$util.urlEncode('${News}')&Message=$util.urlEncode($input.body)"),
    "POST clicks": ("kinesis:action/PutRecord", "kinesis:PutRecord", '{"StreamName": "${Clicks}", '
                    '"Data": "$util.base64Encode($input.body)", "PartitionKey": "$context.requestId"}'),
    "POST bus": ("events:action/PutEvents", "events:PutEvents",
    '{"Entries": [{"EventBusName": "${Bus.Arn}", "Source": "test", '
                 f'"DetailType": "api", "Detail": "{BODY}"}}]}}'),
    "GET links": ("dynamodb:action/GetItem", "dynamodb:GetItem",
                  f'{{"TableName": "${{Links}}", "Key": {{"slug": {{"S": "{SLUG}"}}}}}}'),
    "DELETE links": ("dynamodb:action/DeleteItem", "dynamodb:DeleteItem",
                     f'{{"TableName": "${{Links}}", "Key": {{"slug": {{"S": "{SLUG}"}}}}}}'),
}  # fmt: skip


@pytest.mark.parametrize("call", MAPPED)
def test_a_rest_api_calls_a_service(call: str, tmp_path: Path) -> None:
    uri, action, template = MAPPED[call]
    method, target = call.split()
    found = resources(REST, tmp_path, f"api -> {target}: {method} /in/{{slug}}")
    stem, name = f"Api{method.capitalize()}InSlugParamMethod", target.capitalize()
    integration = found[stem]["Properties"]["Integration"]
    role = f"Api{name}{method}InSlugRole"
    text = integration["RequestTemplates"]["application/json"]
    assert integration["Uri"] == {"Fn::Sub": CALL + uri}
    assert integration["Credentials"] == {"Fn::GetAtt": [role, "Arn"]}
    assert (integration["IntegrationHttpMethod"], integration["PassthroughBehavior"]) == ("POST", "NEVER")
    assert (text["Fn::Sub"] if isinstance(text, dict) else text) == template
    arn = {"Ref": "News"} if target == "news" else {"Fn::GetAtt": [name, "Arn"]}
    assert rights(found, f"{role}Policy") == [(action, arn)]


def test_a_table_is_asked_in_the_types_of_its_key(tmp_path: Path) -> None:
    text = """nodes:
  api: apigateway.rest
  orders: {kind: dynamodb.table, key: {partition: customer, sort: "at:N"}}
edges:
  - api -> orders: GET /customers/{customer}/orders/{at}
  - api -> orders: {does: "GET /customers/{customer}", operation: Query}
  - api -> orders: POST /orders
"""
    (template,) = synthesized(text, tmp_path).values()
    found = template["Resources"]
    templates = {id: r["Properties"]["Integration"]["RequestTemplates"]["application/json"]["Fn::Sub"]
                 for id, r in found.items() if r["Type"] == "AWS::ApiGateway::Method"}  # fmt: skip
    assert '"at": {"N": "' in templates["ApiGetCustomersCustomerParamOrdersAtParamMethod"]
    assert '"KeyConditionExpression": "#k0 = :k0"' in templates["ApiGetCustomersCustomerParamMethod"]
    assert '#if($name == "at")N#{else}S#end' in templates["ApiPostOrdersMethod"]


def test_objects_are_read_and_written_by_their_key(tmp_path: Path) -> None:
    found = resources(
        REST, tmp_path, "api -> files: GET /files/{folder}/{name}", "api -> files: PUT /files/{folder}/{name}"
    )
    stem = "FilesFolderParamNameParamMethod"
    get, put = (found[f"Api{method}{stem}"]["Properties"] for method in ("Get", "Put"))
    assert str(get["Integration"]["Uri"]["Fn::Sub"][0]).endswith("/{folder}/{name}")
    assert get["Integration"]["RequestParameters"]["integration.request.path.name"] == "method.request.path.name"
    assert get["MethodResponses"][0]["ResponseParameters"] == {"method.response.header.Content-Type": True}
    assert (
        put["Integration"]["RequestParameters"]["integration.request.header.Content-Type"]
        == "method.request.header.Content-Type"
    )
    ((action, resource),) = rights(found, "ApiFilesGETFilesFolderNameRolePolicy")
    assert action == "s3:GetObject" and "/*" in str(resource)
    assert [action for action, _ in rights(found, "ApiFilesPUTFilesFolderNameRolePolicy")] == ["s3:PutObject"]


@pytest.mark.parametrize("service", [HTTP, REST])
def test_a_call_may_use_the_key_of_its_target(service: str, tmp_path: Path) -> None:
    found = resources(service, tmp_path, "api -> jobs: POST /in", top="nodes: {}\n".replace("nodes: {}\n",
         "defaults: {sqs.queue: {key: cmk}}"),
                      properties="}\n  cmk: {kind: kms.key")  # fmt: skip
    (_, key) = rights(found, "ApiJobsPOSTInRolePolicy")
    assert key == (["kms:Decrypt", "kms:GenerateDataKey"], {"Fn::GetAtt": ["Cmk", "Arn"]})


@pytest.mark.parametrize("service", [HTTP, REST])
def test_fifo_queues_get_a_group(service: str, tmp_path: Path) -> None:
    found = resources(service, tmp_path, "api -> orders: {does: POST /in, group: $context.identity.sourceIp}")
    name = "ApiPostInIntegration" if service == HTTP else "ApiPostInMethod"
    text = str(found[name]["Properties"])
    assert "$context.identity.sourceIp" in text and "MessageDeduplicationId" in text


@pytest.mark.parametrize("service", [HTTP, REST])
def test_a_request_goes_on_to_an_address(service: str, tmp_path: Path) -> None:
    found = resources(service, tmp_path, "api -> partner: {does: 'GET /in/{id}', url: 'https://example.com/{id}'}")
    if service == HTTP:
        assert found["ApiGetInIdParamIntegration"]["Properties"]["IntegrationUri"] == "https://example.com/{id}"
        return
    method = found["ApiGetInIdParamMethod"]["Properties"]
    assert method["RequestParameters"] == {"method.request.path.id": True}
    assert method["Integration"]["RequestParameters"] == {"integration.request.path.id": "method.request.path.id"}


def test_callers_with_a_role_may_invoke(tmp_path: Path) -> None:
    found = resources(REST, tmp_path, "work -> api", properties=", auth: iam")
    assert rights(found, "WorkRolePolicy")[-1] == ("execute-api:Invoke", {"Fn::Sub": ARN + "prod/*"})
    url = "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod"
    assert found["Work"]["Properties"]["Environment"]["Variables"] == {"API": {"Fn::Sub": url}}


def test_users_draw_an_arrow_and_nothing_else(tmp_path: Path) -> None:
    assert resources(HTTP, tmp_path, "users -> api").keys() == resources(HTTP, tmp_path).keys()


@pytest.mark.parametrize(("service", "path"), [(HTTP, None), (REST, "/prod")])
def test_cloudfront_fetches_from_an_api(service: str, path: str | None, tmp_path: Path) -> None:
    found = resources(service, tmp_path, "cdn -> api", WORK)
    (origin,) = found["Cdn"]["Properties"]["DistributionConfig"]["Origins"]
    assert origin["DomainName"] == {"Fn::Sub": "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"}
    assert origin.get("OriginPath") == path


def test_a_web_acl_stands_before_the_stage(tmp_path: Path) -> None:
    found = resources(REST, tmp_path, "guard -> api", WORK)
    (association,) = [r["Properties"] for r in found.values() if r["Type"] == "AWS::WAFv2::WebACLAssociation"]
    stage = "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${Api}/stages/${ApiStage}"
    assert association["ResourceArn"] == {"Fn::Sub": stage}


def test_the_certificate_of_an_edge_api_is_made_where_aws_demands_it(tmp_path: Path) -> None:
    text = blueprint(REST, ", endpoint: edge, domain: api.example.com", "dns -> api", WORK, top="region: eu-west-1")
    stacks = synthesized(text, tmp_path)
    kinds = {name: {r["Type"] for r in stack["Resources"].values()} for name, stack in stacks.items()}
    assert "AWS::CertificateManager::Certificate" in kinds["test-us-east-1"]
    assert "AWS::CertificateManager::Certificate" not in kinds["test"]


def deployment(folder: Path, *edges: str, properties: str = "") -> tuple[str, dict[str, Any]]:
    """Return the deployment of a REST API and its logical id."""
    found = resources(REST, folder, *edges, properties=properties)
    ((id, resource),) = [(id, r) for id, r in found.items() if r["Type"] == "AWS::ApiGateway::Deployment"]
    return id, resource


def test_a_deployment_is_a_new_one_whenever_the_api_changes(tmp_path: Path) -> None:
    id, resource = deployment(tmp_path, WORK)
    assert resource["DependsOn"] == ["ApiGetLinksMethod"]
    assert deployment(tmp_path, WORK)[0] == id
    changed = {deployment(tmp_path, *edges)[0] for edges in (
        ["api -> work: POST /links"], ["api -> work: {does: GET /links, timeout: 500}"], [WORK,
             "api -> work: POST /links"],
        ["api -> work: {does: GET /links, query: [q]}"], [WORK, "api -> check: authorize"])}  # fmt: skip
    cors = deployment(tmp_path, WORK, properties=", cors: 'https://a.example.com'")[0]
    override = deployment(tmp_path, WORK, properties=", overrides: {GetLinksMethod.OperationName: x}")[0]
    assert len(changed | {cors, override, id}) == 8


def test_two_rest_apis_share_the_role_of_the_account(tmp_path: Path) -> None:
    first = "{kind: apigateway.rest, account_role: false}"
    text = f"nodes:\n  one: {first}\n  two: apigateway.rest\n  three: apigateway.rest\n"
    (template,) = synthesized(text, tmp_path).values()
    found = template["Resources"]
    assert [id for id, r in found.items() if r["Type"] == "AWS::ApiGateway::Account"] == ["TwoLogsAccount"]
    assert found["TwoLogsAccount"]["DeletionPolicy"] == found["TwoLogsRole"]["DeletionPolicy"] == "Retain"
    assert found["ThreeStage"]["DependsOn"] == ["TwoLogsAccount"]


def test_logical_ids_tell_routes_apart(tmp_path: Path) -> None:
    paths = ["/a/b", "/aB", "/a-b", "/{a}/b", "/aparam/b", "/a/param", "/a/{x}", "/a/{y+}/z"]
    found = resources(HTTP, tmp_path, *(f"api -> work: GET {path}" for path in paths[:-1]))
    assert sum(r["Type"] == "AWS::ApiGatewayV2::Route" for r in found.values()) == len(paths) - 1
    assert sum(r["Type"] == "AWS::Lambda::Permission" for r in found.values()) == len(paths) - 1
