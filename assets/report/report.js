"use strict";
(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  byId("theme").addEventListener("click", () => {
    const shown = root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    root.dataset.theme = shown === "dark" ? "light" : "dark";
  });
  byId("copy").addEventListener("click", async (event) => {
    try {
      await navigator.clipboard.writeText(byId("command").textContent);
      event.target.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(byId("command"));
      event.target.textContent = "Selected";
    }
  });
  const wipe = byId("wipe"), range = byId("place"), stage = byId("stage");
  const left = byId("left"), right = byId("right"), zoom = byId("zoom");
  const [under, over] = wipe.querySelectorAll("img");
  const put = (percent) => {
    range.value = Math.min(100, Math.max(0, percent));
    wipe.style.setProperty("--at", `${range.value}%`);
  };
  const choose = () => {
    for (const [image, select, name] of [[under, left, "name-left"], [over, right, "name-right"]]) {
      const picture = byId(select.value);
      image.src = picture.src;
      image.alt = picture.alt;
      byId(name).textContent = select.selectedOptions[0].textContent;
    }
  };
  const magnify = () => {
    const fit = zoom.value === "fit";
    wipe.classList.toggle("fit", fit);
    wipe.style.width = fit ? "" : `${Number(wipe.dataset.width) * Number(zoom.value) / devicePixelRatio}px`;
  };
  const drag = (event) => {
    const box = wipe.getBoundingClientRect();
    put(100 * (event.clientX - box.left) / box.width);
  };
  range.addEventListener("input", () => put(range.value));
  for (const select of [left, right]) select.addEventListener("change", choose);
  zoom.addEventListener("change", magnify);
  wipe.addEventListener("pointerdown", (event) => { wipe.setPointerCapture(event.pointerId); drag(event); });
  wipe.addEventListener("pointermove", (event) => { if (event.buttons) drag(event); });
  wipe.addEventListener("dragstart", (event) => event.preventDefault());
  stage.addEventListener("keydown", (event) => {
    const places = { 1: 0, 2: 50, 3: 100 };
    if (event.key in places) put(places[event.key]);
  });
  choose();
  magnify();
  put(50);
  byId("compare").hidden = false;
})();
