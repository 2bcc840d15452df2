// Light or dark as chosen in the console, else as the system has it: Swagger UI knows it by a class alone.
const dark = matchMedia("(prefers-color-scheme: dark)");

function follow() {
  const root = document.documentElement;
  root.classList.toggle("dark-mode", root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
}

dark.addEventListener("change", follow);
follow();
