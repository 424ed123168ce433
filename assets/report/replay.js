"use strict";
(() => {
  const byId = (id) => document.getElementById(id), root = document.documentElement;
  const { unit, target, original, lanes } = JSON.parse(byId("data").textContent);
  const time = byId("time"), over = byId("over"), play = byId("play"), now = byId("now");
  const NAMES = ["updates", "patches", "CPU s"], error = unit === "error";
  const W = 1000, H = 300, LEFT = 62, RIGHT = 14, TOP = 12, BOTTOM = 40, SVG = "http://www.w3.org/2000/svg";
  byId("theme").addEventListener("click", () => {
    const shown = root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    root.dataset.theme = shown === "dark" ? "light" : "dark";
  });
  const element = (parent, name, attributes, text) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  };
  const figure = (title, look) => {
    const made = document.createElement("figure"), image = new Image(), caption = document.createElement("figcaption");
    image.alt = title;
    if (look) {
      const key = element(caption, "svg", { width: 34, height: 10, viewBox: "0 0 34 10" });
      element(key, "path", { d: "M1 5H33", class: `line s${look}` });
    }
    const name = document.createElement("b"), value = document.createElement("span");
    name.textContent = title;
    caption.append(name, value);
    made.append(image, caption);
    byId("lanes").append(made);
    return { image, value };
  };
  if (original) figure("Original", 0).image.src = original;
  lanes.forEach((lane, i) => Object.assign(lane, figure(lane.title, i % 6 + 1)));
  const last = (list, test) => {
    let found = list[0];
    for (const each of list) if (test(each)) found = each;
    return found;
  };
  const axis = () => Number(over.value);
  const most = () => Math.max(1e-9, ...lanes.flatMap((lane) => lane.points.map((p) => p[axis()])));
  const values = lanes.flatMap((lane) => lane.points.map((p) => p[3])).filter((v) => !error || v > 0);
  const scale = (v) => error ? Math.log10(Math.max(v, 1e-30)) : v;
  const low = Math.min(...values.map(scale)), high = Math.max(...values.map(scale));
  const y = (v) => TOP + (H - TOP - BOTTOM) * (high - scale(v)) / Math.max(high - low, 1e-9);
  const nice = (span) => {
    const rough = span / 5, power = 10 ** Math.floor(Math.log10(rough));
    return power * [1, 2, 5, 10].find((f) => f * power >= rough);
  };
  const short = (v) => error ? `1e${Math.round(v)}` : String(Number(v.toPrecision(6)));
  let cursor;
  const draw = () => {
    const end = most(), x = (v) => LEFT + (W - LEFT - RIGHT) * v / end;
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${W} ${H}`);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `${error ? "Error" : "PSNR"} over ${NAMES[axis()]}`);
    const step = error ? Math.max(1, Math.round(nice(high - low || 1))) : nice(high - low || 1);
    for (let v = Math.ceil(low / step) * step; v <= high + 1e-9; v += step) {
      const at = TOP + (H - TOP - BOTTOM) * (high - v) / Math.max(high - low, 1e-9);
      element(svg, "path", { d: `M${LEFT} ${at}H${W - RIGHT}`, class: "grid" });
      element(svg, "text", { x: LEFT - 8, y: at + 4, "text-anchor": "end" }, short(v));
    }
    for (let v = 0, s = nice(end); v <= end + 1e-9; v += s) {
      element(svg, "text", { x: x(v), y: H - BOTTOM + 18, "text-anchor": "middle" }, String(Number(v.toPrecision(6))));
    }
    element(svg, "path", { d: `M${LEFT} ${H - BOTTOM}H${W - RIGHT}`, class: "axis" });
    element(svg, "text", { x: W / 2, y: H - 6, "text-anchor": "middle" }, NAMES[axis()]);
    element(svg, "text", { x: 14, y: H / 2, "text-anchor": "middle", transform: `rotate(-90 14 ${H / 2})` },
      error ? "error" : "PSNR, dB");
    if (target) element(svg, "path", { d: `M${LEFT} ${y(target)}H${W - RIGHT}`, class: "goal" });
    lanes.forEach((lane, i) => {
      const path = lane.points.map((p, j) => `${j ? "L" : "M"}${x(p[axis()]).toFixed(1)} ${y(p[3]).toFixed(1)}`);
      element(svg, "path", { d: path.join(""), class: `line s${i % 6 + 1}` });
    });
    cursor = element(svg, "path", { class: "cursor" });
    const drag = (event) => {
      const box = svg.getBoundingClientRect();
      const at = ((event.clientX - box.left) / box.width * W - LEFT) / (W - LEFT - RIGHT);
      time.value = 1000 * Math.min(1, Math.max(0, at));
      show();
    };
    svg.addEventListener("pointerdown", (event) => { svg.setPointerCapture(event.pointerId); drag(event); });
    svg.addEventListener("pointermove", (event) => { if (event.buttons) drag(event); });
    byId("curves").replaceChildren(svg);
    show();
  };
  const show = () => {
    const end = most(), at = end * time.value / 1000, line = LEFT + (W - LEFT - RIGHT) * time.value / 1000;
    cursor.setAttribute("d", `M${line} ${TOP}V${H - BOTTOM}`);
    now.textContent = `${axis() === 2 ? at.toFixed(2) : Math.round(at).toLocaleString("en")} ${NAMES[axis()]}`;
    for (const lane of lanes) {
      const point = last(lane.points, (p) => p[axis()] <= at);
      if (!point) continue;
      lane.value.textContent = error ? point[3].toPrecision(3) : `${point[3].toFixed(2)} dB`;
      const shot = last(lane.pictures, (p) => p[0] <= point[0]);
      lane.image.hidden = !shot;
      if (shot && lane.image.src !== shot[2]) lane.image.src = shot[2];
    }
  };
  let playing = 0;
  const stop = () => { cancelAnimationFrame(playing); playing = 0; play.textContent = "Play"; };
  play.addEventListener("click", () => {
    if (playing) return stop();
    if (Number(time.value) >= 1000) time.value = 0;
    play.textContent = "Pause";
    let before = performance.now(), at = Number(time.value);
    const tick = (moment) => {
      at += (moment - before) / 15;
      before = moment;
      time.value = Math.min(1000, at);
      show();
      if (at >= 1000) return stop();
      playing = requestAnimationFrame(tick);
    };
    playing = requestAnimationFrame(tick);
  });
  time.addEventListener("input", () => { stop(); show(); });
  over.addEventListener("change", draw);
  draw();
})();
