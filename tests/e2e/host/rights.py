"""What a role may do, by moto's reading of IAM policies: wildcards, denials and the caller's context count.

LocalStack's own simulation asks no more than whether a statement holds the very words of the action and the resource.
"""

import json

from localstack.services.iam.resources.policy_simulator import BasicIAMPolicySimulator
from moto.iam.access_control import IAMPolicyStatement, PermissionResult


def simulate(self, context, request):
    """Answer SimulatePrincipalPolicy."""
    principal = request["PolicySourceArn"]
    found = [json.loads(text) for text in self.get_policies_from_principal(self.get_iam_backend(context), principal)]
    statements = [each for policy in found for each in listed(policy["Statement"]) if "Resource" in each]
    known = {entry["ContextKeyName"]: entry["ContextKeyValues"][0] for entry in request.get("ContextEntries") or ()}
    results = [
        {"EvalActionName": action, "EvalResourceName": arn, "EvalDecision": decision(action, arn, statements, known)}
        for action in request["ActionNames"]
        for arn in request["ResourceArns"]
    ]
    return {"IsTruncated": False, "EvaluationResults": results}


def decision(action, resource, statements, known):
    """The answer to one action on one resource, in IAM's words."""
    effects = {each["Effect"] for each in statements if concerns(each, action, resource, known)}
    return "explicitDeny" if "Deny" in effects else "allowed" if effects else "implicitDeny"


def concerns(statement, action, resource, known):
    """Whether a statement speaks of the action, the resource and the context; a key that is not known meets nothing."""
    if any(key not in known for keys in statement.get("Condition", {}).values() for key in keys):
        return False
    asked = IAMPolicyStatement({**statement, "Effect": "Allow"})  # moto says "denied" of unmet conditions as well
    return asked.is_action_permitted(action, resource, None, known) is PermissionResult.PERMITTED


def listed(statement):
    """The statements of a policy that may have just one."""
    return statement if isinstance(statement, list) else [statement]


def install():
    """Make LocalStack simulate policies this way."""
    BasicIAMPolicySimulator.simulate_principal_policy = simulate
