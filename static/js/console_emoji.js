/** The emoji that the panel offers, with their names. */

export const EMOJI = [
  ["🙂", gettext("smile")], ["😊", gettext("happy")], ["😄", gettext("laughing")], ["😉", gettext("wink")],
  ["🤗", gettext("hug")], ["😍", gettext("love it")], ["🤔", gettext("thinking")], ["😅", gettext("phew")],
  ["😢", gettext("sad")], ["🙏", gettext("please, thank you")], ["👍", gettext("thumbs up")], ["👌", gettext("OK")],
  ["👏", gettext("applause")], ["🤝", gettext("agreed")], ["👋", gettext("waving")], ["💪", gettext("strong")],
  ["❤️", gettext("heart")], ["🌹", gettext("rose")], ["🎉", gettext("celebration")], ["🎁", gettext("gift")],
  ["📦", gettext("parcel")], ["🚚", gettext("delivery")], ["🧾", gettext("receipt")], ["💳", gettext("card payment")],
  ["✅", gettext("done")], ["⭐", gettext("star")], ["🔥", gettext("hot")], ["☀️", gettext("sun")],
];
