// Swagger UI speaks English alone: its own words are put into the page's language, what the description says stays.
const WORDS = {
  "Authorize": gettext("Authorize"),
  "Available authorizations": gettext("Available authorizations"),
  "Authorized": gettext("Authorized"),
  "Logout": gettext("Forget it"),
  "Close": gettext("Close"),
  "Try it out": gettext("Try it out"),
  "Cancel": gettext("Cancel"),
  "Execute": gettext("Send"),
  "Clear": gettext("Clear"),
  "Reset": gettext("Reset"),
  "Parameters": gettext("Parameters"),
  "No parameters": gettext("No parameters"),
  "Name": gettext("Name"),
  "Value:": gettext("Value:"),
  "Description": gettext("Description"),
  "Request body": gettext("Request body"),
  "Responses": gettext("Responses"),
  "Code": gettext("Code"),
  "Links": gettext("Links"),
  "No links": gettext("No links"),
  "Media type": gettext("Media type"),
  "Example Value": gettext("Example"),
  "Schema": gettext("Fields"),
  "Schemas": gettext("Shapes"),
  "Server response": gettext("Answer of the server"),
  "Details": gettext("Details"),
  "Response body": gettext("Body"),
  "Response headers": gettext("Headers"),
  "Request URL": gettext("Address"),
  "Download": gettext("Download"),
  "Send empty value": gettext("Send it empty"),
  "Filter by tag": gettext("Only groups called …"),
};
// Code, and what the description says.
const TOLD = "pre, code, .opblock-summary, .model-box, .microlight, .renderedMarkdown, .opblock-tag";

function spoken(node) {
  const said = node.nodeValue.trim();
  if (Object.hasOwn(WORDS, said) && !node.parentElement?.closest(TOLD)) {
    node.nodeValue = node.nodeValue.replace(said, WORDS[said]);
  }
}

function speak(root) {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) spoken(texts.currentNode);
  for (const field of root.querySelectorAll?.("[placeholder]") ?? []) {
    if (Object.hasOwn(WORDS, field.placeholder)) field.placeholder = WORDS[field.placeholder];
  }
}

if (document.documentElement.lang !== "en") {
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "characterData") spoken(change.target);
      else change.addedNodes.forEach((node) => (node.nodeType === Node.TEXT_NODE ? spoken(node) : speak(node)));
    }
  }).observe(document.getElementById("swagger-ui"), { subtree: true, childList: true, characterData: true });
}
