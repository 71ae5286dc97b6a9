"""Schedules that fire: each new one ticks once, a few seconds after it was made, whatever its expression says.

LocalStack runs a rule's schedule up to a minute late and only stores those of EventBridge Scheduler. A tick of the
latter is delivered here as AWS does it, with the schedule's own role, so a role that may not deliver does not.
"""

import functools
import json
import logging
import threading

import boto3
from localstack import config
from localstack.services.events.scheduler import Job, JobScheduler
from moto.scheduler.models import EventBridgeSchedulerBackend

LOG = logging.getLogger(__name__)
DELAY = 3.0
PRINCIPAL = "scheduler.amazonaws.com"
DELIVERIES = {
    "lambda": ("lambda:InvokeFunction", lambda to, arn, text: to.invoke(FunctionName=arn, Payload=text)),
    "sns": ("sns:Publish", lambda to, arn, text: to.publish(TopicArn=arn, Message=text)),
    "sqs": ("sqs:SendMessage", lambda to, arn, text: to.send_message(QueueUrl=queue_url(to, arn), MessageBody=text)),
    "states": ("states:StartExecution", lambda to, arn, text: to.start_execution(stateMachineArn=arn, input=text)),
}


def client(service, region):
    """A client of this LocalStack."""
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def queue_url(sqs, arn):
    """The address of a queue that is known by its ARN."""
    return sqs.get_queue_url(QueueName=arn.rsplit(":", 1)[1])["QueueUrl"]


def deliver(target, region):
    """Send one tick to the schedule's target, if its role trusts the scheduler and may send it."""
    service = target["Arn"].split(":")[2]
    action, send = DELIVERIES[service]
    if not may_deliver(client("iam", region), target, action):
        LOG.warning("schedule not delivered: %s may not %s on %s", target["RoleArn"], action, target["Arn"])
        return
    send(client(service, region), target["Arn"], target.get("Input", "{}"))


def may_deliver(iam, target, action):
    """Whether the role is the scheduler's to assume and allows the one action on the one target."""
    role = iam.get_role(RoleName=target["RoleArn"].rsplit("/", 1)[1])["Role"]
    answer = iam.simulate_principal_policy(
        PolicySourceArn=role["Arn"], ActionNames=[action], ResourceArns=[target["Arn"]]
    )
    allowed = {result["EvalDecision"] for result in answer["EvaluationResults"]} == {"allowed"}
    return allowed and PRINCIPAL in json.dumps(role["AssumeRolePolicyDocument"])


def later(action, *arguments):
    """Run an action once the stack that causes it had time to be complete."""
    timer = threading.Timer(DELAY, action, arguments)
    timer.daemon = True
    timer.start()


def install():
    """Give both kinds of schedule their first tick soon."""
    add_job, create_schedule = JobScheduler.add_job, EventBridgeSchedulerBackend.create_schedule

    @functools.wraps(add_job)
    def add_job_and_tick(self, job_func, schedule, enabled=True):
        job_id = add_job(self, job_func, schedule, enabled)
        if enabled:
            later(Job.do_run, self.get_job(job_id))
        return job_id

    @functools.wraps(create_schedule)  # LocalStack patches it once more, by its name
    def create_schedule_and_tick(self, **words):
        schedule = create_schedule(self, **words)
        if schedule.state == "ENABLED":
            later(deliver, schedule.target, self.region_name)
        return schedule

    JobScheduler.add_job = add_job_and_tick
    EventBridgeSchedulerBackend.create_schedule = create_schedule_and_tick
