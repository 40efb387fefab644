// The two screens of a sign-in, with the same element ids as Thai Nguyen ID's, so that one harness plays the
// person at both. Any password is right: what a sign-in costs is never measured here.

/** Return a request handler for `/interaction/:uid`. */
export function interactionScreens(provider) {
  return async (request, response) => {
    const details = await provider.interactionDetails(request, response)
    if (request.method === 'GET') return show(response, details)
    const form = new URLSearchParams(await bodyOf(request))
    const result = details.prompt.name === 'login' ? signedIn(form) : await consented(provider, details)
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: details.prompt.name !== 'login' })
  }
}

function show(response, { uid, prompt }) {
  const fields =
    prompt.name === 'login'
      ? `<input id="login_username" name="username"><input id="login_password" name="password" type="password">
         <button id="login_submit">Sign in</button>`
      : '<button id="consent_allow" name="decision" value="allow">Allow</button>'
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
  response.end(`<!doctype html><title>${prompt.name}</title><form method="post" action="/interaction/${uid}">${fields}</form>`)
}

async function bodyOf(request) {
  let body = ''
  for await (const chunk of request) body += chunk
  return body
}

function signedIn(form) {
  return { login: { accountId: form.get('username') } }
}

async function consented(provider, { grantId, session, params, prompt: { details } }) {
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id })
  if (details.missingOIDCScope) grant.addOIDCScope(details.missingOIDCScope.join(' '))
  if (details.missingOIDCClaims) grant.addOIDCClaims(details.missingOIDCClaims)
  return { consent: { grantId: await grant.save() } }
}
