/** The emoji that the panel offers, in groups, with their names. */

export const GROUPS = [
  {
    name: gettext("Faces"),
    emoji: [
      ["🙂", gettext("smile")], ["😊", gettext("happy")], ["😄", gettext("laughing")], ["😁", gettext("grinning")],
      ["😂", gettext("tears of joy")], ["😉", gettext("wink")], ["🤗", gettext("hug")], ["😍", gettext("love it")],
      ["😘", gettext("kiss")], ["😋", gettext("yummy")], ["😎", gettext("cool")], ["🤩", gettext("starstruck")],
      ["🥳", gettext("party")], ["😌", gettext("relieved")], ["🤔", gettext("thinking")], ["🤨", gettext("doubtful")],
      ["😅", gettext("phew")], ["😳", gettext("embarrassed")], ["😮", gettext("surprised")], ["😴", gettext("sleepy")],
      ["😷", gettext("ill")], ["😢", gettext("sad")], ["😭", gettext("crying")], ["🥺", gettext("please")],
      ["😞", gettext("disappointed")], ["😤", gettext("annoyed")], ["😡", gettext("angry")], ["🙈", gettext("oops")],
    ],
  },
  {
    name: gettext("Hands"),
    emoji: [
      ["🙏", gettext("please, thank you")], ["👍", gettext("thumbs up")], ["👎", gettext("thumbs down")],
      ["👌", gettext("OK")], ["✌️", gettext("victory")], ["👏", gettext("applause")], ["🤝", gettext("agreed")],
      ["👋", gettext("waving")], ["💪", gettext("strong")], ["👉", gettext("this one")], ["👆", gettext("above")],
      ["👇", gettext("below")], ["🙌", gettext("hooray")], ["🤞", gettext("fingers crossed")],
      ["✍️", gettext("writing")], ["🙋", gettext("me")],
    ],
  },
  {
    name: gettext("Hearts and feasts"),
    emoji: [
      ["❤️", gettext("heart")], ["💕", gettext("hearts")], ["💔", gettext("broken heart")], ["🌹", gettext("rose")],
      ["💐", gettext("flowers")], ["🎉", gettext("celebration")], ["🎊", gettext("confetti")], ["🎁", gettext("gift")],
      ["🎂", gettext("cake")], ["🧧", gettext("red envelope")], ["🏮", gettext("lantern")],
      ["🎄", gettext("Christmas tree")], ["🥂", gettext("cheers")], ["✨", gettext("sparkles")], ["⭐", gettext("star")],
      ["🔥", gettext("hot")], ["☀️", gettext("sun")], ["🌙", gettext("moon")], ["🍀", gettext("good luck")],
      ["💯", gettext("hundred points")],
    ],
  },
  {
    name: gettext("Trade"),
    emoji: [
      ["📦", gettext("parcel")], ["🚚", gettext("delivery")], ["✈️", gettext("air freight")],
      ["🚢", gettext("sea freight")], ["🏠", gettext("home")], ["🏪", gettext("shop")], ["🛒", gettext("shopping cart")],
      ["🛍️", gettext("shopping")], ["🧾", gettext("receipt")], ["💳", gettext("card payment")], ["💰", gettext("money")],
      ["🏷️", gettext("price tag")], ["🎟️", gettext("coupon")], ["↩️", gettext("return")], ["🔄", gettext("exchange")],
      ["🔧", gettext("repair")], ["📏", gettext("size")], ["👕", gettext("clothes")], ["👟", gettext("shoes")],
      ["👜", gettext("bag")], ["💄", gettext("cosmetics")], ["📱", gettext("phone")], ["🔋", gettext("battery")],
      ["🍎", gettext("apple")],
    ],
  },
  {
    name: gettext("Signs"),
    emoji: [
      ["✅", gettext("done")], ["❌", gettext("no")], ["❓", gettext("question")], ["❗", gettext("important")],
      ["⚠️", gettext("careful")], ["⏰", gettext("alarm clock")], ["⏳", gettext("please wait")],
      ["📅", gettext("date")], ["📍", gettext("place")], ["📞", gettext("call")], ["📷", gettext("photo")],
      ["📎", gettext("attachment")], ["🔍", gettext("looking")], ["💡", gettext("idea")], ["🆗", gettext("all right")],
      ["🆕", gettext("new")], ["🔔", gettext("bell")], ["🔒", gettext("safe")],
    ],
  },
];
