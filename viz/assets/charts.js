/* Charts over time drawn by ECharts in place of their SVG, which stays for paper: values under the pointer, drag to zoom, double click
 * for the whole. report.js asks for the view and gives the keys. */
window.racktwinView = function (figure, chart, read) {
  "use strict";
  const dark = matchMedia("(prefers-color-scheme: dark)"), per = chart.x.per; // data of the page in one unit of the axis
  const scaled = (list) => list.map(([x, y]) => [x / per, y]);
  const [first, last] = chart.frame.range.map((x) => x / per), points = chart.lines[0].points;
  const marks = [...figure.querySelectorAll("svg path[data-line]")], svg = figure.querySelector("svg"); // colour and dashes as on paper
  const div = document.createElement("div");
  div.className = "canvas";
  figure.classList.add("drawn");
  svg.before(div);
  const dashes = (mark) => mark.getAttribute("stroke-dasharray") === "none" ? "solid" : mark.getAttribute("stroke-dasharray").split(" ").map(Number);
  if (chart.lines.length > 1) keys();
  const canvas = echarts.init(div, null, {renderer: "svg"});
  /* A button for each line that leaves it out or brings it back: those of ECharts cannot be reached by the keyboard. */
  function keys() {
    const list = document.createElement("div");
    list.className = "keys";
    chart.lines.forEach((line, k) => {
      const button = document.createElement("button"), look = document.createElementNS(svg.namespaceURI, "svg");
      const stroke = look.appendChild(marks[k].cloneNode());
      stroke.setAttribute("d", "M0,5 L28,5");
      look.setAttribute("width", 28), look.setAttribute("height", 10), look.setAttribute("aria-hidden", "true");
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      button.append(look, line.name);
      button.addEventListener("click", () => {
        button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
        canvas.dispatchAction({type: "legendToggleSelect", name: line.name});
      });
      list.append(button);
    });
    div.before(list);
  }
  const tip = (params) => {
    const text = document.createElement("div");
    text.textContent = read(points[params.find((p) => p.seriesIndex === 0).dataIndex][0]); // names are text, never markup
    text.style.whiteSpace = "pre";
    return text;
  };
  const drawn = (points) => ({type: "line", data: points, showSymbol: false, animation: false, emphasis: {disabled: true}});
  const series = (line, k) => {
    const color = marks[k].getAttribute("stroke");
    return {...drawn(scaled(line.points)), name: line.name, symbol: "circle", symbolSize: 7, itemStyle: {color}, lineStyle: {width: 2, type: dashes(marks[k]), color}};
  };
  /* Times that can be read, and events: there also when every line is left out. */
  const ruler = (ink) => ({
    ...drawn(scaled(points)), symbol: "none", lineStyle: {opacity: 0},
    markLine: {silent: true, symbol: "none", animation: false, label: {show: false}, lineStyle: {color: ink, opacity: 0.55, type: [1, 3], width: 2},
               data: chart.events.map((e) => ({xAxis: e.t / per, name: e.name})).filter((e) => e.xAxis >= first && last >= e.xAxis)},
  });
  function option() {
    const style = getComputedStyle(document.documentElement), colour = (name) => style.getPropertyValue(name).trim();
    const ink = colour("--ink"), line = colour("--line");
    const plain = (v) => String(Number(v.toPrecision(10)));
    const axis = {type: "value", axisLabel: {color: ink, formatter: plain}, axisLine: {show: true, lineStyle: {color: ink}}, splitLine: {lineStyle: {color: line}}};
    return {
      animation: false, textStyle: {fontFamily: getComputedStyle(figure).fontFamily, color: ink},
      grid: {left: 84, right: 24, top: 12, bottom: 46},
      legend: {show: false},
      tooltip: {trigger: "axis", formatter: tip, confine: true, transitionDuration: 0, backgroundColor: colour("--ground"), borderColor: line,
                textStyle: {color: ink, fontSize: 13}, axisPointer: {type: "line", snap: true, animation: false, lineStyle: {color: ink, type: "dashed"}}},
      toolbox: {itemSize: 0, feature: {dataZoom: {yAxisIndex: "none", filterMode: "none"}}},
      dataZoom: [{type: "inside", filterMode: "none", zoomOnMouseWheel: false, moveOnMouseMove: false, moveOnMouseWheel: false}],
      xAxis: {...axis, min: first, max: last, name: chart.x.title, nameLocation: "middle", nameGap: 28, nameTextStyle: {color: ink}},
      yAxis: {...axis, min: chart.frame.y[0], max: chart.frame.y[1], interval: chart.frame.step, name: chart.y.title, nameLocation: "middle",
              nameGap: 62, nameTextStyle: {color: ink}},
      series: [ruler(ink), ...chart.lines.map(series)],
    };
  }
  function select() { // drag selects a range without a button being pressed before
    canvas.dispatchAction({type: "takeGlobalCursor", key: "dataZoomSelect", dataZoomSelectActive: true});
  }
  canvas.setOption(option());
  select();
  dark.addEventListener("change", () => { canvas.setOption(option()); select(); });
  new ResizeObserver(() => canvas.resize()).observe(div);

  const view = {
    range: () => {
      const z = canvas.getOption().dataZoom[0];
      return (z.startValue === undefined ? [first, last] : [z.startValue, z.endValue]).map((x) => x * per);
    },
    zoom: (from, to) => canvas.dispatchAction({type: "dataZoom", startValue: from / per, endValue: to / per}),
    show: (t) => canvas.dispatchAction({type: "showTip", seriesIndex: 0, dataIndex: points.findIndex((p) => p[0] >= t)}),
    hide: () => canvas.dispatchAction({type: "hideTip"}),
  };
  div.addEventListener("dblclick", () => view.zoom(...chart.frame.range));
  return view;
};
