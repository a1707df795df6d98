// Search, zoom and keyboard of a flame graph. The picture is complete without it.
(function () {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const HTML = "http://www.w3.org/1999/xhtml";
  // Narrower frames are not shown, in pixels.
  const NARROWEST = 0.1;

  for (const picture of document.querySelectorAll("svg.flame:not([data-live])")) {
    picture.setAttribute("data-live", "");
    start(picture);
  }

  function start(picture) {
    const area = picture.querySelector(".frames");
    const detail = picture.querySelector(".detail");
    const rowHeight = Number(area.dataset.row);
    const frames = read(area, rowHeight);
    const controls = addControls(picture, Number(area.dataset.controls));
    const isWholeDocument = document.documentElement === picture;
    let zoomed = 0;
    let selected = 0;

    // From here on the picture is as wide as the window, and its texts keep their size.
    picture.style.width = "100%";
    picture.style.height = picture.getAttribute("height") + "px";
    picture.removeAttribute("viewBox");
    area.setAttribute("tabindex", "0");
    area.setAttribute("aria-label", "Frames: arrow keys move, Enter zooms, Escape resets, / searches");
    const characterWidth = measure(area);

    function zoom(index) {
      zoomed = index;
      const target = frames[index];
      const scale = 100 / target.width;
      const pixels = picture.clientWidth || picture.getBoundingClientRect().width;
      const ancestors = new Set();
      for (let frame = target; frame.parent !== null; frame = frames[frame.parent]) {
        ancestors.add(frame.parent);
      }
      frames.forEach(function (frame, at) {
        const isAncestor = ancestors.has(at);
        const isInside = at >= index && at < target.end;
        const x = isAncestor ? 0 : (frame.x - target.x) * scale;
        const width = isAncestor ? 100 : isInside ? frame.width * scale : 0;
        place(frame, x, width, pixels);
        if (frame.isAncestor !== isAncestor) {
          frame.isAncestor = isAncestor;
          frame.group.classList.toggle("ancestor", isAncestor);
        }
      });
    }

    function place(frame, x, width, pixels) {
      const isShown = (width / 100) * pixels >= NARROWEST;
      if (frame.isShown !== isShown) {
        frame.isShown = isShown;
        frame.group.style.display = isShown ? "" : "none";
      }
      if (!isShown) {
        return;
      }
      frame.rect.setAttribute("x", x + "%");
      frame.rect.setAttribute("width", width + "%");
      const label = fitted(frame.name, Math.floor(((width / 100) * pixels - 6) / characterWidth));
      if (label === "" && frame.text === null) {
        return;
      }
      if (frame.text === null) {
        frame.text = document.createElementNS(SVG, "text");
        frame.text.setAttribute("dx", "3");
        frame.text.setAttribute("y", String((frame.depth + 1) * rowHeight - 5));
        frame.group.append(frame.text);
      }
      frame.text.setAttribute("x", x + "%");
      frame.text.textContent = label;
    }

    function search(text) {
      const pattern = text === "" ? null : compile(text);
      let count = 0;
      let share = 0;
      let countedUntil = 0;
      frames.forEach(function (frame, at) {
        const isMatch = pattern !== null && at > 0 && pattern.test(frame.name);
        if (frame.isMatch !== isMatch) {
          frame.isMatch = isMatch;
          frame.group.classList.toggle("match", isMatch);
        }
        if (isMatch) {
          count += 1;
          // What a match calls is part of its value already.
          if (at >= countedUntil) {
            share += frame.width;
            countedUntil = frame.end;
          }
        }
      });
      controls.result.textContent = pattern === null ? "" : count + " frames, " + share.toFixed(2) + "%";
    }

    function select(index) {
      frames[selected].group.classList.remove("selected");
      selected = index;
      frames[selected].group.classList.add("selected");
      frames[selected].rect.scrollIntoView({ block: "nearest" });
      detail.textContent = frames[selected].title.replace("\n", "  ");
    }

    // The next frame of the same row to the left (-1) or to the right (1).
    function neighbour(step) {
      for (let at = selected + step; at > 0 && at < frames.length; at += step) {
        if (frames[at].depth === frames[selected].depth && frames[at].isShown) {
          return at;
        }
      }
      return selected;
    }

    function firstCall() {
      const isCalled = selected + 1 < frames[selected].end && frames[selected + 1].isShown;
      return isCalled ? selected + 1 : selected;
    }

    function reset() {
      controls.input.value = "";
      search("");
      zoom(0);
      remember();
    }

    function remember() {
      const state = new URLSearchParams();
      if (zoomed > 0) {
        state.set("frame", String(zoomed));
      }
      if (controls.input.value !== "") {
        state.set("search", controls.input.value);
      }
      if (isWholeDocument) {
        try {
          history.replaceState(null, "", "#" + state);
        } catch (error) {
          // Some places, such as sandboxed frames, have no history.
        }
      }
    }

    function recall() {
      const state = new URLSearchParams(isWholeDocument ? location.hash.slice(1) : "");
      const frame = Number(state.get("frame"));
      controls.input.value = state.get("search") || "";
      search(controls.input.value);
      zoom(frame > 0 && frame < frames.length ? frame : 0);
    }

    function indexOf(element) {
      const group = element.closest("g");
      return group === null ? -1 : frames.findIndex((frame) => frame.group === group);
    }

    area.addEventListener("mouseover", function (event) {
      const group = event.target.closest("g");
      const title = group && group.querySelector("title");
      detail.textContent = title ? title.textContent.replace("\n", "  ") : "";
    });
    area.addEventListener("click", function (event) {
      const index = indexOf(event.target);
      if (index >= 0) {
        select(index);
        zoom(index);
        remember();
      }
    });
    controls.input.addEventListener("input", function () {
      search(controls.input.value);
      remember();
    });
    controls.reset.addEventListener("click", reset);
    (isWholeDocument ? document : picture).addEventListener("keydown", function (event) {
      const isTyping = event.target === controls.input;
      if (event.key === "Escape") {
        reset();
        area.focus();
      } else if ((event.key === "/" && !isTyping) || (event.key === "f" && (event.ctrlKey || event.metaKey))) {
        controls.input.focus();
        controls.input.select();
      } else if (isTyping || event.ctrlKey || event.metaKey || event.altKey) {
        return;
      } else if (event.key === "Enter" && event.target !== controls.reset) {
        zoom(selected);
        remember();
      } else if (event.key === "ArrowUp" && frames[selected].parent !== null) {
        select(frames[selected].parent);
      } else if (event.key === "ArrowDown") {
        select(firstCall());
      } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
        select(neighbour(event.key === "ArrowLeft" ? -1 : 1));
      } else {
        return;
      }
      event.preventDefault();
    });
    recall();
    new ResizeObserver(() => zoom(zoomed)).observe(picture);
  }

  // The frames in the order of the document, in which each comes before those that it calls. `end` is the index after
  // the last of these.
  function read(area, rowHeight) {
    const open = [];
    const frames = Array.from(area.children, function (group, at) {
      const rect = group.querySelector("rect");
      const title = group.querySelector("title").textContent;
      const depth = Math.round(Number(rect.getAttribute("y")) / rowHeight);
      open.length = depth;
      const parent = depth === 0 ? null : open[depth - 1];
      open.push(at);
      return {
        group: group,
        rect: rect,
        text: group.querySelector("text"),
        title: title,
        name: title.split("\n", 1)[0],
        x: parseFloat(rect.getAttribute("x")),
        width: parseFloat(rect.getAttribute("width")),
        depth: depth,
        parent: parent,
        end: at + 1,
        isShown: true,
        isMatch: false,
        isAncestor: false,
      };
    });
    for (let at = frames.length - 1; at > 0; at -= 1) {
      const parent = frames[frames[at].parent];
      parent.end = Math.max(parent.end, frames[at].end);
    }
    return frames;
  }

  function addControls(picture, y) {
    const place = document.createElementNS(SVG, "foreignObject");
    place.setAttribute("y", String(y));
    place.setAttribute("width", "100%");
    place.setAttribute("height", "28");
    const bar = add(place, "div");
    bar.setAttribute("class", "controls");
    const input = add(bar, "input");
    input.type = "search";
    input.placeholder = "Search, a regular expression";
    input.setAttribute("aria-label", "Search frames");
    const reset = add(bar, "button");
    reset.type = "button";
    reset.textContent = "Reset";
    const result = add(bar, "span");
    result.setAttribute("class", "result");
    result.setAttribute("aria-live", "polite");
    picture.append(place);
    return { input: input, reset: reset, result: result };
  }

  function add(parent, name) {
    const element = document.createElementNS(HTML, name);
    parent.append(element);
    return element;
  }

  // A regular expression in any case, or else the text as it stands.
  function compile(text) {
    try {
      return new RegExp(text, "i");
    } catch (error) {
      return new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "i");
    }
  }

  // The name in at most `room` characters: whole, without the directories of its package, or with its end cut off.
  function fitted(name, room) {
    if (name.length <= room) {
      return name;
    }
    const pathEnd = name.search(/[[( ]|$/);
    const short = name.slice(name.lastIndexOf("/", pathEnd) + 1);
    if (short.length <= room) {
      return short;
    }
    return room < 3 ? "" : short.slice(0, room - 1) + "\u2026";
  }

  function measure(area) {
    const text = document.createElementNS(SVG, "text");
    text.textContent = "0".repeat(20);
    area.append(text);
    const width = text.getComputedTextLength() / 20;
    text.remove();
    return width || 6.7;
  }
})();
