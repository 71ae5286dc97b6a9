// Completes addresses: /docs/ and /docs become /docs/index.html.
function handler(event) {
  var request = event.request;
  if (request.uri.endsWith('/')) {
    request.uri += 'index.html';
  } else if (request.uri.lastIndexOf('.') < request.uri.lastIndexOf('/')) {
    request.uri += '/index.html';
  }
  return request;
}
