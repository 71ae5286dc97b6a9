"""The judges themselves: each must see a planted fault, or its silence means nothing."""

from __future__ import annotations

import pytest
from samtranslator.model.exceptions import InvalidDocumentException

from tests.judges import Right, checkov_all, moto_stack, rights, sam_expand

QUEUE = """
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {KmsMasterKeyId: alias/aws/sqs}
"""

OPEN_QUEUE = """
Resources:
  Jobs: {Type: AWS::SQS::Queue}
"""

SILENCED_QUEUE = """
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Metadata: {checkov: {skip: [{id: CKV_AWS_27, comment: because}]}}
"""

WORKER = """
Parameters:
  Ami: {Type: String}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}]
      ManagedPolicyArns:
      - !Sub arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole
      - arn:aws:iam::aws:policy/AdministratorAccess
      Policies:
      - PolicyName: inline
        PolicyDocument:
          Version: "2012-10-17"
          Statement:
          - {Effect: Allow, Action: [logs:PutLogEvents, "sqs:SendMessage"], Resource: !GetAtt Jobs.Arn}
          - {Effect: Deny, Action: "sqs:DeleteQueue", Resource: "*"}
  Policy:
    Type: AWS::IAM::Policy
    DependsOn: QueuePolicy
    Properties:
      PolicyName: more
      Roles: [!Ref Role]
      PolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "s3:GetObject", Resource: ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]}
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      Tags: [{Key: policy, Value: !Ref QueuePolicy}, {Key: sub, Value: !Sub "${QueuePolicy}/${Ami}/${AWS::Region}"}]
  QueuePolicy:
    Type: AWS::SQS::QueuePolicy
    Properties: {Queues: [!Ref Jobs], PolicyDocument: {Statement: []}}
  Network: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: one door
      VpcId: !Ref Network
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}]
"""

SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Resize:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      InlineCode: "def handler(event, context): pass"
      Events: {Tick: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}
"""


@pytest.mark.slow
def test_checkov_counts_what_fails_and_what_was_silenced() -> None:
    verdicts = checkov_all({"closed": QUEUE, "open": OPEN_QUEUE, "silenced": SILENCED_QUEUE})
    assert verdicts["closed"].failed == ()
    assert verdicts["open"].failed == (("CKV_AWS_27", "AWS::SQS::Queue.Jobs"),)
    assert (verdicts["silenced"].failed, verdicts["silenced"].skipped) == ((), 1)


def test_rights_are_counted_by_action_and_resource_without_logs_and_denials() -> None:
    assert rights(WORKER) == [
        Right("Policy", "s3:GetObject", "arn:aws:s3:::a/*"),
        Right("Policy", "s3:GetObject", "arn:aws:s3:::b/*"),
        Right("Role", "sqs:SendMessage", '{"Fn::GetAtt": ["Jobs", "Arn"]}'),
        Right("Role", "arn:aws:iam::aws:policy/AdministratorAccess", "*"),
    ]


def test_rights_refuse_what_cannot_be_counted() -> None:
    everything_but = "{Statement: [{Effect: Allow, NotAction: 'iam:*', Resource: '*'}]}"
    template = f"{{Resources: {{P: {{Type: 'AWS::IAM::Policy', Properties: {{PolicyDocument: {everything_but}}}}}}}}}"
    with pytest.raises(ValueError, match="cannot be counted"):
        rights(template)


def test_sam_is_expanded_without_an_account() -> None:
    types = {resource["Type"] for resource in sam_expand(SAM)["Resources"].values()}
    assert types == {"AWS::Lambda::Function", "AWS::IAM::Role", "AWS::Events::Rule", "AWS::Lambda::Permission"}


def test_sam_complaints_are_raised() -> None:
    with pytest.raises(InvalidDocumentException) as complaints:
        sam_expand(SAM.replace("Type: Schedule,", "Type: Shedule,"))
    assert "Shedule" in complaints.value.message + str([cause.message for cause in complaints.value.causes])


@pytest.mark.slow
def test_moto_makes_what_it_knows_and_says_what_it_left_out() -> None:
    with moto_stack(WORKER, {"Ami": "ami-1"}) as stack:
        assert stack.left_out == {"QueuePolicy"}
        groups = stack.client("ec2").describe_security_groups(GroupIds=[stack.physical_ids["Group"]])["SecurityGroups"]
        assert groups[0]["IpPermissions"][0]["FromPort"] == 443
        tags = stack.client("sqs").list_queue_tags(QueueUrl=stack.physical_ids["Jobs"])["Tags"]
        assert (tags["policy"], tags["sub"]) == ("QueuePolicy", "QueuePolicy/ami-1/us-east-1")


def test_moto_refuses_what_it_cannot_deploy() -> None:
    with pytest.raises(Exception, match="Ami"), moto_stack(WORKER):
        pass
