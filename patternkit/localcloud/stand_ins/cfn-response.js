// The module `cfn-response`, which CloudFormation puts beside inline code that requires it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html
"use strict";

exports.SUCCESS = "SUCCESS";
exports.FAILED = "FAILED";

exports.send = (event, context, status, data, physicalResourceId, noEcho) =>
  new Promise((resolve) => {
    const body = JSON.stringify({
      Status: status,
      Reason: `See the details in CloudWatch Log Stream: ${context.logStreamName}`,
      PhysicalResourceId: physicalResourceId || context.logStreamName,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
      NoEcho: noEcho || false,
      Data: data,
    });
    const url = new URL(event.ResponseURL);
    const headers = { "content-type": "", "content-length": Buffer.byteLength(body) };
    const done = () => resolve(context.done());
    const request = require(url.protocol === "https:" ? "https" : "http").request(
      url,
      { method: "PUT", headers },
      (answer) => {
        console.log(`Status code: ${answer.statusCode}`);
        answer.resume();
        done();
      },
    );
    request.on("error", (error) => {
      console.log(`send(..) failed executing https.request(..): ${error}`);
      done();
    });
    request.end(body);
  });
