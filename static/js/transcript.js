/** The transcript's print button; without scripts the browser's own menu prints. */

const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => print());
