//! The commands: one list from which messages are read, menus are set and the help is written.

use super::Said;
use crate::analysis::Language;

/// A command that the bot knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Ask the article.
    Ask,
    /// What the article is and what can be asked.
    Article,
    /// The article's subjects.
    Topics,
    /// How to use the bot.
    Help,
    /// What the bot keeps of its users.
    Privacy,
    /// To be forgotten.
    Forget,
    /// How the bot behaves in a chat.
    Settings,
    /// What was asked, in counts.
    Report,
    /// The articles, for an operator.
    Library,
    /// Take in what has changed in the library, for an operator.
    Reload,
    /// What Telegram sends when a conversation with the bot begins.
    Start,
}

/// Who sees a menu of commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Everybody, in a direct message.
    Private,
    /// The members of groups.
    Groups,
    /// The administrators of groups.
    Admins,
    /// An operator of the bot, in a direct message.
    Operator,
}

impl Audience {
    /// Those whose menus are the same for everybody in them.
    pub const ALL: [Self; 3] = [Self::Private, Self::Groups, Self::Admins];
}

impl Command {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 11] = [
        Self::Ask,
        Self::Article,
        Self::Topics,
        Self::Help,
        Self::Privacy,
        Self::Forget,
        Self::Settings,
        Self::Report,
        Self::Library,
        Self::Reload,
        Self::Start,
    ];

    /// The command as it is written, without its slash.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Article => "article",
            Self::Topics => "topics",
            Self::Help => "help",
            Self::Privacy => "privacy",
            Self::Forget => "forget",
            Self::Settings => "settings",
            Self::Report => "report",
            Self::Library => "library",
            Self::Reload => "reload",
            Self::Start => "start",
        }
    }

    /// The command of that name, in letters of either case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|command| command.name().eq_ignore_ascii_case(name))
    }

    /// What stands beside it in the menu and in the help.
    #[must_use]
    pub fn description(self, language: Language) -> &'static str {
        let said = match self {
            Self::Ask => Said {
                ar: "اسأل المقال",
                en: "ask the article",
                zh: "向文章提问",
            },
            Self::Article => Said {
                ar: "عن المقال وما يُسأل عنه",
                en: "what the article is, what to ask",
                zh: "文章简介和可以问什么",
            },
            Self::Topics => Said {
                ar: "المقال موضوعًا بموضوع",
                en: "the article, topic by topic",
                zh: "按话题阅读文章",
            },
            Self::Help => Said {
                ar: "كيف تسأل",
                en: "how to ask",
                zh: "怎么提问",
            },
            Self::Privacy => Said {
                ar: "ما الذي يُحفظ من رسائلك",
                en: "what is kept of your messages",
                zh: "会保存您的哪些信息",
            },
            Self::Forget => Said {
                ar: "انسَ ما تحفظه عني",
                en: "forget what you keep of me",
                zh: "忘掉与我有关的内容",
            },
            Self::Settings => Said {
                ar: "إعدادات البوت هنا",
                en: "how the bot behaves here",
                zh: "机器人在此的设置",
            },
            Self::Report => Said {
                ar: "إحصاءات الأسئلة",
                en: "what was asked, in counts",
                zh: "提问统计",
            },
            Self::Library => Said {
                ar: "مقالات المكتبة، إضافةً وإخراجًا",
                en: "the articles: add, replace, take out",
                zh: "管理文章库",
            },
            Self::Reload => Said {
                ar: "أعد قراءة المكتبة",
                en: "read the library anew",
                zh: "重新加载文章库",
            },
            Self::Start => Said {
                ar: "ابدأ",
                en: "begin",
                zh: "开始",
            },
        };
        said.to(language)
    }

    /// The commands in an audience's menu. In a direct message a question needs no command, and
    /// Telegram shows a button of its own for the beginning.
    pub fn menu(audience: Audience) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |command| match command {
            Self::Start => false,
            Self::Ask => matches!(audience, Audience::Groups | Audience::Admins),
            Self::Forget => matches!(audience, Audience::Private | Audience::Operator),
            Self::Settings => audience != Audience::Groups,
            Self::Report => matches!(audience, Audience::Admins | Audience::Operator),
            Self::Library | Self::Reload => audience == Audience::Operator,
            Self::Article | Self::Topics | Self::Help | Self::Privacy => true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_found_by_its_name() {
        for command in Command::ALL {
            assert_eq!(Command::from_name(command.name()), Some(command));
        }
        assert_eq!(Command::from_name("ASK"), Some(Command::Ask));
        assert_eq!(Command::from_name("asking"), None);
    }

    #[test]
    fn names_and_descriptions_are_what_telegram_takes() {
        for command in Command::ALL {
            let name = command.name();
            assert!((1..=32).contains(&name.len()));
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
            for language in Language::ALL {
                let units = crate::text::utf16_len(command.description(language));
                assert!((1..=256).contains(&units));
            }
        }
    }
}
