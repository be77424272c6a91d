// A small table of emoji shortcodes. A code that is not in it stays as it was typed.

const TABLE = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", wave: "👋", clap: "👏", pray: "🙏", raised_hands: "🙌", muscle: "💪",
  point_right: "👉", eyes: "👀", brain: "🧠", speech_balloon: "💬", thought_balloon: "💭", heart: "❤️", blue_heart: "💙",
  smile: "😄", slightly_smiling_face: "🙂", blush: "😊", grinning: "😀", joy: "😂", sweat_smile: "😅", wink: "😉", thinking_face: "🤔",
  neutral_face: "😐", disappointed: "😞", cry: "😢", sob: "😭", tired_face: "😫", confused: "😕", open_mouth: "😮", relieved: "😌",
  tada: "🎉", sparkles: "✨", star: "⭐", fire: "🔥", rocket: "🚀", coffee: "☕", seedling: "🌱", sunny: "☀️", bulb: "💡", bell: "🔔",
  books: "📚", book: "📖", bookmark: "🔖", memo: "📝", pencil: "✏️", pushpin: "📌", paperclip: "📎", link: "🔗", mag: "🔍",
  calendar: "📆", date: "📅", bar_chart: "📊", chart_with_upwards_trend: "📈", hourglass: "⌛", lock: "🔒", arrow_right: "➡️",
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", no_entry: "⛔", question: "❓", exclamation: "❗",
  information_source: "ℹ️", 100: "💯", ok_hand: "👌", newspaper: "📰", mailbox: "📫", house: "🏠", gear: "⚙️",
};

/** The emoji of a shortcode (without colons, a skin tone is dropped), or null. */
export const emoji = (code) => (Object.hasOwn(TABLE, code) ? TABLE[code] : null);

/** Plain text with its shortcodes replaced. */
export const withEmoji = (text) =>
  text.replace(/(?<![\w:]):([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?(?!\w)/g, (whole, code) => emoji(code) ?? whole);
