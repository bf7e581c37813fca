//! Dates: weekday, day, month and year.

use regua_core::time::Day;
use regua_core::words::Language;

struct Names {
    /// January to December.
    months: [&'static str; 12],
    /// Monday to Sunday.
    weekdays: [&'static str; 7],
}

const PT: Names = Names {
    months: ["janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"],
    weekdays: ["segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"],
};
const EN: Names = Names {
    months: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
};
const ES: Names = Names {
    months: ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
    weekdays: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
};
const IT: Names = Names {
    months: [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    weekdays: ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
};
const FR: Names = Names {
    months: ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
    weekdays: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
};
const DE: Names = Names {
    months: ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"],
    weekdays: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
};

const fn names(language: Language) -> &'static Names {
    match language {
        Language::PtBr => &PT,
        Language::En => &EN,
        Language::Es => &ES,
        Language::It => &IT,
        Language::Fr => &FR,
        Language::De => &DE,
    }
}

/// The weekday, e.g. `segunda-feira`.
#[must_use]
pub fn weekday(language: Language, day: Day) -> &'static str {
    usize::try_from(day.weekday()).ok().and_then(|at| names(language).weekdays.get(at)).copied().unwrap_or_default()
}

fn month_name(language: Language, day: Day) -> &'static str {
    usize::try_from(day.civil().month() - 1).ok().and_then(|at| names(language).months.get(at)).copied().unwrap_or_default()
}

/// Day, month and year in words, e.g. `4 de janeiro de 2027`.
#[must_use]
pub fn date(language: Language, day: Day) -> String {
    let (date, month) = (day.civil(), month_name(language, day));
    let (d, y) = (date.day(), date.year());
    match language {
        Language::PtBr if d == 1 => format!("1º de {month} de {y}"),
        Language::PtBr | Language::Es => format!("{d} de {month} de {y}"),
        Language::En => format!("{month} {d}, {y}"),
        Language::Fr if d == 1 => format!("1er {month} {y}"),
        Language::It | Language::Fr => format!("{d} {month} {y}"),
        Language::De => format!("{d}. {month} {y}"),
    }
}

/// The date in words with its weekday, e.g. `segunda-feira, 4 de janeiro de 2027`.
#[must_use]
pub fn date_long(language: Language, day: Day) -> String {
    let comma = match language {
        Language::PtBr | Language::En | Language::Es | Language::De => ",",
        Language::It | Language::Fr => "",
    };
    format!("{}{comma} {}", weekday(language, day), date(language, day))
}

/// The date in few characters, e.g. `04/01/2027`. English writes `Jan 4, 2027`: which number is the month differs among its readers.
#[must_use]
pub fn date_short(language: Language, day: Day) -> String {
    let date = day.civil();
    let (d, m, y) = (date.day(), date.month(), date.year());
    match language {
        Language::PtBr | Language::Es | Language::It | Language::Fr => format!("{d:02}/{m:02}/{y}"),
        Language::De => format!("{d:02}.{m:02}.{y}"),
        Language::En => {
            let month: String = month_name(language, day).chars().take(3).collect();
            format!("{month} {d}, {y}")
        }
    }
}

/// Month and year, e.g. `janeiro de 2027`.
#[must_use]
pub fn month(language: Language, day: Day) -> String {
    let (month, year) = (month_name(language, day), day.civil().year());
    match language {
        Language::PtBr | Language::Es => format!("{month} de {year}"),
        Language::En | Language::It | Language::Fr | Language::De => format!("{month} {year}"),
    }
}
