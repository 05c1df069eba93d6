/* Adds to the page what paper cannot: sorting of tables, values under the pointer, zoom in time. Without it nothing is missing. */
(function () {
  "use strict";
  const make = (tag, name) => { const e = document.createElement(tag); e.className = name; return e; };

  // ---- tables: a click on a head sorts by it, a second one the other way ----
  function sort(table, column, head) {
    const up = head.getAttribute("aria-sort") !== "ascending", body = table.tBodies[0];
    const key = (row) => {
      const by = row.cells[column].dataset.by;
      return by === undefined ? row.cells[column].textContent : Number(by);
    };
    const compare = (a, b) => {
      const x = key(a), y = key(b);
      if (typeof x !== typeof y) return typeof x === "number" ? -1 : 1; // what has no value comes last
      const order = typeof x === "number" ? x - y : x.localeCompare(y, "en", {numeric: true});
      return up ? order : -order;
    };
    for (const th of table.tHead.rows[0].cells) th.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    body.append(...[...body.rows].sort(compare));
  }
  for (const table of document.querySelectorAll("main table"))
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = make("button", "");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", () => sort(table, column, head));
      head.replaceChildren(button);
    });

  // ---- charts over time: values at the pointer or by the arrow keys; drag to zoom, double click or Escape for the whole ----
  const SVG = "http://www.w3.org/2000/svg";
  function shape(parent, tag, attributes) {
    const e = parent.appendChild(document.createElementNS(SVG, tag));
    for (const name in attributes) e.setAttribute(name, attributes[name]);
    return e;
  }
  const digits = (v) => String(Number(v.toPrecision(9)));
  function nearest(points, t) {
    let lo = 0, hi = points.length - 1;
    while (hi - lo > 1) {
      const mid = (lo + hi) >> 1;
      if (points[mid][0] > t) hi = mid; else lo = mid;
    }
    return points[Math.abs(points[hi][0] - t) < Math.abs(points[lo][0] - t) ? hi : lo];
  }

  function enliven(figure, chart) {
    const svg = figure.querySelector("svg"), frame = chart.frame, tip = make("div", "tip");
    let [from, to] = frame.range, at = from, start = null;
    const whole = [from, to], plot = svg.querySelector(".plot");
    const px = (t) => frame.left + (t - from) / (to - from) * frame.width;
    const py = (v) => frame.top + (frame.y[1] - v) / (frame.y[1] - frame.y[0]) * frame.height;
    const cursor = shape(svg, "line", {class: "cursor", y1: frame.top, y2: frame.top + frame.height, visibility: "hidden"});
    const band = shape(svg, "rect", {y: frame.top, height: frame.height, fill: "currentColor", "fill-opacity": .12, visibility: "hidden"});
    const time = (event) => {
      const box = svg.getBoundingClientRect();
      const x = (event.clientX - box.left) * svg.viewBox.baseVal.width / box.width;
      return Math.min(to, Math.max(from, from + (x - frame.left) / frame.width * (to - from)));
    };
    tip.hidden = true;
    figure.append(tip);
    figure.tabIndex = 0;
    figure.setAttribute("aria-label", figure.querySelector("figcaption").textContent + ": arrow keys read values");

    function show(t) {
      const text = [], first = nearest(chart.lines[0].points, t);
      at = first[0];
      text.push("t = " + digits(at) + " " + chart.x.unit);
      for (const line of chart.lines) {
        const point = nearest(line.points, at);
        text.push(line.name + ": " + (point[1] === null ? "-" : digits(point[1]) + " " + chart.y.unit));
      }
      for (const e of chart.events)
        if (Math.abs(e.t - at) * frame.width < 4 * (to - from)) text.push("\u25b8 " + e.name);
      tip.textContent = text.join("\n");
      tip.hidden = false;
      const ratio = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width, x = px(at) * ratio;
      tip.style.top = svg.offsetTop + frame.top * ratio + "px";
      tip.style.left = (x > 0.55 * svg.getBoundingClientRect().width ? x - tip.offsetWidth - 10 : x + 10) + "px";
      cursor.setAttribute("x1", px(at));
      cursor.setAttribute("x2", px(at));
      cursor.setAttribute("visibility", "visible");
    }
    function hide() {
      tip.hidden = true;
      for (const e of [cursor, band]) e.setAttribute("visibility", "hidden");
    }
    function zoom(a, b) {
      [from, to] = [a, b];
      hide();
      plot.querySelectorAll("path[data-line]").forEach((path) => {
        let pen = false, d = "";
        for (const [t, v] of chart.lines[path.dataset.line].points) {
          if (v !== null) d += (pen ? " L" : " M") + px(t).toFixed(1) + "," + py(v).toFixed(1);
          pen = v !== null;
        }
        path.setAttribute("d", d);
      });
      svg.querySelectorAll("line[data-t]").forEach((line) => {
        const t = Number(line.dataset.t), inside = t >= from && to >= t;
        line.setAttribute("x1", px(t));
        line.setAttribute("x2", px(t));
        line.setAttribute("visibility", inside ? "visible" : "hidden");
      });
      const ticks = svg.querySelector(".time");
      ticks.replaceChildren();
      for (let k = 0; k !== 5; k++) {
        const t = from + k / 4 * (to - from);
        shape(ticks, "text", {x: px(t), y: frame.top + frame.height + 18}).textContent = Number(t.toPrecision(6));
      }
    }
    svg.addEventListener("pointermove", (event) => {
      show(time(event));
      if (start === null) return;
      const a = Math.min(start, time(event)), b = Math.max(start, time(event));
      band.setAttribute("x", px(a));
      band.setAttribute("width", px(b) - px(a));
      band.setAttribute("visibility", "visible");
    });
    svg.addEventListener("pointerdown", (event) => { start = time(event); });
    svg.addEventListener("pointerup", (event) => {
      const a = Math.min(start, time(event)), b = Math.max(start, time(event));
      start = null;
      if ((b - a) * 50 > to - from) zoom(a, b); else band.setAttribute("visibility", "hidden");
    });
    svg.addEventListener("pointerleave", () => { start = null; hide(); });
    svg.addEventListener("dblclick", () => zoom(...whole));
    figure.addEventListener("keydown", (event) => {
      const step = (to - from) / 100;
      if (event.key === "ArrowRight") show(Math.min(to, at + step));
      else if (event.key === "ArrowLeft") show(Math.max(from, at - step));
      else if (event.key === "Escape") zoom(...whole);
      else return;
      event.preventDefault();
    });
    figure.addEventListener("blur", hide);
  }
  for (const figure of document.querySelectorAll("figure[data-chart]")) {
    const chart = JSON.parse(figure.dataset.chart);
    if (chart.kind === "lines") enliven(figure, chart);
  }
})();
