/* Buttons that copy a field: data-copy names its id. */
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const words = button.textContent;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = gettext("Copied");
    } catch {
      button.textContent = gettext("Press Ctrl+C"); // no clipboard over plain HTTP: the text is selected
    }
    setTimeout(() => { button.textContent = words; }, 3000);
  });
}
