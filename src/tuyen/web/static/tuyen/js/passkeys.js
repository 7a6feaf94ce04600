// Passkeys: a form with `data-passkey` ("make" or "prove") asks the browser the question that the
// server wrote into the page, and sends the answer as the form's hidden field. Without this script,
// or in a browser without passkeys, the form stays hidden and the other ways are there.
const bytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const withIds = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

function asked(kind, question) {
  const publicKey = { ...question, challenge: bytes(question.challenge) };
  if (kind === "make") {
    publicKey.user = { ...question.user, id: bytes(question.user.id) };
    publicKey.excludeCredentials = withIds(question.excludeCredentials);
    return navigator.credentials.create({ publicKey });
  }
  publicKey.allowCredentials = withIds(question.allowCredentials);
  return navigator.credentials.get({ publicKey });
}

function answer(credential) {
  const said = credential.response;
  const response = { clientDataJSON: text(said.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (said[part]) response[part] = text(said[part]);
  }
  if (said.getTransports) response.transports = said.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    response,
  });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    const field = form.elements.answer;
    if (field.value) return;
    event.preventDefault();
    if (!form.reportValidity()) return;
    const trouble = form.querySelector("[data-trouble]");
    trouble.hidden = true;
    try {
      const question = JSON.parse(document.getElementById("question").textContent);
      field.value = answer(await asked(form.dataset.passkey, question));
      form.requestSubmit();
    } catch {
      trouble.hidden = false;
    }
  });
}
