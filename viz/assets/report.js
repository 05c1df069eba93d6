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

  // ---- figures whose marks have a title: it is shown beside the pointer ----
  for (const figure of document.querySelectorAll("main figure")) {
    const tip = make("div", "tip");
    for (const title of figure.querySelectorAll("svg[role=img] * > title")) {
      title.parentNode.dataset.tip = title.textContent;
      title.remove();
    }
    tip.hidden = true;
    figure.append(tip);
    figure.addEventListener("pointermove", (event) => {
      const mark = event.target.closest("[data-tip]"), box = figure.getBoundingClientRect();
      tip.hidden = !mark;
      if (!mark) return;
      tip.textContent = mark.dataset.tip;
      const left = event.clientX - box.left + figure.scrollLeft;
      tip.style.left = (event.clientX > innerWidth / 2 ? left - tip.offsetWidth - 12 : left + 12) + "px";
      tip.style.top = event.clientY - box.top + 12 + "px";
    });
    figure.addEventListener("pointerleave", () => { tip.hidden = true; });
  }

  // ---- charts over time: values at the pointer, or by the arrow keys of who has no pointer ----
  const digits = (v) => String(Number(v.toPrecision(9)));
  function nearest(points, t) {
    let lo = 0, hi = points.length - 1;
    while (hi - lo > 1) {
      const mid = (lo + hi) >> 1;
      if (points[mid][0] > t) hi = mid; else lo = mid;
    }
    return points[Math.abs(points[hi][0] - t) < Math.abs(points[lo][0] - t) ? hi : lo];
  }

  /* What stands at t, a point of the first line, and the events nearer to it than `near`. */
  function reading(chart, t, near) {
    const [name, written] = chart.x.title.replace("]", "").split(" ["), {unit, per} = chart.x;
    const text = [(name === "time" ? "t" : name) + " = " + digits(t) + " " + unit
      + (per === 1 ? "" : " (" + Number((t / per).toPrecision(6)) + " " + written + ")")];
    for (const line of chart.lines) {
      const point = nearest(line.points, t), there = t >= line.points[0][0] && line.points[line.points.length - 1][0] >= t;
      text.push(line.name + ": " + (!there || point[1] === null ? "-" : digits(point[1]) + " " + chart.y.unit));
    }
    for (const e of chart.events) if (Math.abs(e.t - t) <= near) text.push("\u25b8 " + e.name);
    return text.join("\n");
  }

  /* A view of a chart: show(t) marks a time, hide() ends that, range() is what is seen, zoom(from, to) changes it, element is what
   * the pointer is over. Without ECharts it is the SVG, which has no zoom. */
  function svgView(figure, chart, read) {
    const svg = figure.querySelector("svg"), frame = chart.frame, tip = make("div", "tip"), [from, to] = frame.range;
    const cursor = svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "line"));
    const place = (name, value) => cursor.setAttribute(name, value);
    place("class", "cursor"), place("y1", frame.top), place("y2", frame.top + frame.height), place("visibility", "hidden");
    tip.hidden = true;
    figure.append(tip);
    const view = {
      range: () => [from, to],
      zoom() {},
      show(t) {
        const box = svg.getBoundingClientRect(), ratio = box.width / svg.viewBox.baseVal.width;
        const x = frame.left + (t - from) / (to - from) * frame.width;
        tip.textContent = read(t);
        tip.hidden = false;
        tip.style.top = svg.offsetTop + frame.top * ratio + "px";
        tip.style.left = (x * ratio > box.width / 2 ? x * ratio - tip.offsetWidth - 10 : x * ratio + 10) + "px";
        place("x1", x), place("x2", x), place("visibility", "visible");
      },
      hide() {
        tip.hidden = true;
        place("visibility", "hidden");
      },
    };
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const x = (event.clientX - box.left) * svg.viewBox.baseVal.width / box.width;
      const t = Math.min(to, Math.max(from, from + (x - frame.left) / frame.width * (to - from)));
      view.show(nearest(chart.lines[0].points, t)[0]);
    });
    svg.addEventListener("pointerleave", view.hide);
    return view;
  }

  function enliven(figure, chart) {
    const said = make("p", "said"), points = chart.lines[0].points;
    const read = (t) => reading(chart, t, (view.range()[1] - view.range()[0]) / 150);
    const view = (window.racktwinView || svgView)(figure, chart, read);
    let at = 0;
    said.setAttribute("role", "status");
    figure.append(said);
    figure.setAttribute("role", "group");
    figure.setAttribute("aria-label", figure.querySelector("figcaption").textContent + ". Arrow keys read values"
      + (window.racktwinView ? ", plus and minus zoom, Escape shows the whole." : "."));
    const step = () => Math.max(1, Math.round(points.filter(([t]) => t >= view.range()[0] && view.range()[1] >= t).length / 100));
    const scale = (factor) => {
      const [from, to] = view.range(), t = points[at][0], [first, last] = chart.frame.range;
      view.zoom(Math.max(first, t - (t - from) * factor), Math.min(last, t + (to - t) * factor));
    };
    const keys = {
      ArrowRight: () => { at = Math.min(points.length - 1, at + step()); },
      ArrowLeft: () => { at = Math.max(0, at - step()); },
      Home: () => { at = 0; },
      End: () => { at = points.length - 1; },
      "+": () => scale(0.5),
      "-": () => scale(2),
      Escape: () => view.zoom(...chart.frame.range),
    };
    figure.addEventListener("keydown", (event) => {
      if (!keys[event.key] || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      keys[event.key]();
      if (event.key === "Escape") return view.hide();
      view.show(points[at][0]);
      said.textContent = read(points[at][0]);
    });
    figure.addEventListener("blur", () => view.hide());
  }
  // A page opens sooner when a chart comes alive only where it is about to be seen; until then its SVG stands there.
  const near = new IntersectionObserver((entries) => {
    for (const {isIntersecting, target} of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      enliven(target, JSON.parse(target.dataset.chart));
    }
  }, {rootMargin: "50%"});
  for (const figure of document.querySelectorAll("figure[data-chart^='{\"kind\":\"lines\"']")) {
    figure.tabIndex = 0;
    near.observe(figure);
  }
})();
