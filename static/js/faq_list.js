/** The list of questions: one box ticks all of the page. */

const all = document.getElementById("tick-all");
const boxes = () => [...document.querySelectorAll(".faq-table [name=question]")];

if (all) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
  });
  document.querySelector(".faq-table tbody").addEventListener("change", () => {
    const ticked = boxes().filter((box) => box.checked).length;
    all.checked = ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
  });
}
