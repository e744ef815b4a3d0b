// Asks the browser for a passkey, or to make one, and sends its answer with the form. WebAuthn has no way without script.
const form = document.querySelector('form[data-passkey]');
const problem = document.getElementById('passkey-problem');

const bytesOf = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
const textOf = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const named = (credentials) => (credentials ?? []).map((one) => ({ ...one, id: bytesOf(one.id) }));

function requested(options) {
  return { ...options, challenge: bytesOf(options.challenge), allowCredentials: named(options.allowCredentials) };
}

function created(options) {
  const user = { ...options.user, id: bytesOf(options.user.id) };
  const excludeCredentials = named(options.excludeCredentials);
  return { ...options, challenge: bytesOf(options.challenge), user, excludeCredentials };
}

function answerOf(credential) {
  const { response } = credential;
  const parts = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
  const entries = parts.filter((part) => response[part]).map((part) => [part, textOf(response[part])]);
  return {
    id: credential.id,
    rawId: textOf(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: {},
    response: { ...Object.fromEntries(entries), transports: response.getTransports?.() },
  };
}

async function ask() {
  const options = JSON.parse(form.dataset.options);
  return form.dataset.passkey === 'create'
    ? navigator.credentials.create({ publicKey: created(options) })
    : navigator.credentials.get({ publicKey: requested(options) });
}

if (form && problem && window.PublicKeyCredential) {
  const button = form.querySelector('button:not([type=button])');
  document.getElementById('passkey-needs-script').hidden = true;
  button.disabled = false;
  form.addEventListener('submit', async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    problem.hidden = true;
    button.disabled = true;
    try {
      form.elements.credential.value = JSON.stringify(answerOf(await ask()));
      form.submit();
    } catch {
      button.disabled = false;
      problem.hidden = false;
    }
  });
}
