"""The words of simulated posts: eight small vocabularies on neutral topics, and awkward texts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

#: Harvest, elections, football, weather, markets and roads: no topics of real campaigns.
WORDS: dict[str, tuple[str, ...]] = {
    language: tuple(words.split())
    for language, words in {
        "en": """harvest rain market bridge school election ballot council village river football stadium goal referee
            weather storm sunshine winter summer morning evening bread wheat apple orchard farmer road train station
            hospital teacher student library museum concert festival garden forest mountain coast fishing price budget
            energy water report minister mayor citizen neighbour holiday ticket season victory""",
        "es": """cosecha lluvia mercado puente escuela elección papeleta concejo aldea río fútbol estadio gol árbitro
            clima tormenta sol invierno verano mañana tarde pan trigo manzana huerto campesino carretera tren estación
            hospital maestra alumno biblioteca museo concierto fiesta jardín bosque montaña costa pesca precio
            presupuesto energía agua informe alcalde vecino entrada temporada victoria""",
        "ru": """урожай дождь рынок мост школа выборы бюллетень совет деревня река футбол стадион гол судья погода
            гроза солнце зима лето утро вечер хлеб пшеница яблоко сад фермер дорога поезд вокзал больница учитель
            ученик библиотека музей концерт праздник огород лес гора берег рыбалка цена бюджет энергия вода доклад
            министр сосед билет сезон победа""",
        "fr": """récolte pluie marché pont école élection bulletin conseil village rivière football stade but arbitre
            météo orage soleil hiver été matin soir pain blé pomme verger paysan route train gare hôpital professeur
            élève bibliothèque musée concert fête jardin forêt montagne côte pêche prix budget énergie eau rapport
            ministre maire voisin billet saison victoire""",
        "ar": """حصاد مطر سوق جسر مدرسة انتخابات اقتراع مجلس قرية نهر كرة ملعب هدف حكم طقس عاصفة شمس شتاء صيف صباح
            مساء خبز قمح تفاح بستان فلاح طريق قطار محطة مستشفى معلم طالب مكتبة متحف حفل مهرجان حديقة غابة جبل ساحل
            صيادون سعر ميزانية طاقة ماء تقرير وزير جار تذكرة موسم فوز""",
        "zh": """丰收 下雨 市场 大桥 学校 选举 选票 议会 村庄 河流 足球 球场 进球 裁判 天气 暴风 阳光 冬天 夏天 早晨
            傍晚 面包 小麦 苹果 果园 农民 公路 火车 车站 医院 老师 学生 图书 博物 音乐 节日 花园 森林 高山 海岸 渔业
            价格 预算 能源 用水 报告 部长 市长 邻居 门票 赛季 胜利""",
        "fa": """برداشت باران بازار پل مدرسه انتخابات رأی شورا روستا رودخانه فوتبال ورزشگاه گل داور هوا توفان آفتاب
            زمستان تابستان صبح عصر نان گندم سیب باغ کشاورز جاده قطار ایستگاه بیمارستان معلم دانشآموز کتابخانه موزه
            کنسرت جشن بوستان جنگل کوه ساحل ماهیگیری قیمت بودجه انرژی آب گزارش وزیر همسایه بلیت فصل پیروزی""",
        "pt": """colheita chuva mercado ponte escola eleição cédula conselho aldeia rio futebol estádio gol árbitro
            tempo tempestade sol inverno verão manhã noite pão trigo maçã pomar lavrador estrada trem estação hospital
            professora aluno biblioteca museu concerto festa jardim floresta montanha litoral pesca preço orçamento
            energia água relatório ministro prefeito vizinho bilhete temporada vitória""",
    }.items()
}

LANGUAGES = tuple(WORDS)
ENGLISH = LANGUAGES.index("en")

#: Text before and after an awkward text, which is difficult for programs to read; the first changes nothing.
AWKWARD: tuple[tuple[str, str], ...] = (
    ("", ""),
    ("=1+1 ", ""),
    ("+SUM(A1:A9) ", ""),
    ("-2+3 ", ""),
    ("\t", " \\N \\"),
    ("", "\nsecond line, with a comma"),
    ("first line\n\n", "\n"),
    ('He said: "', '", and left'),
    ("", ' ""twice""'),
    ("", " 🌾🌧️👩‍🌾"),
    ("<b>", "</b> & <script>alert('text is data')</script>"),
    ("", " <img src=x onerror=alert(1)>"),
    ("'; MATCH (n) DETACH DELETE n; //", ""),
    ("{{ ", " }} ${HOME} %s"),
    ("\u202e", "\u202c ½ ﷺ \u200b"),
)

#: Phrases of profiles that seem to be official.
OFFICIAL = ("Official account of the ministry", "Spokesperson of the council", "Embassy press office", "Minister")

#: Phrases of each language; a text is two or three of them, so that two texts are equal only where that is planted.
N_PHRASES = 4096


@cache
def phrases() -> tuple[str, ...]:
    """Return all phrases: the empty one, then ``N_PHRASES`` of each language, then the same in capitals.

    The capitals are at a fixed distance, so that shouting a text is an addition (`SHOUT`).
    """
    # A fixed seed, because the phrases are part of the vocabulary and not of one simulation.
    rng = np.random.default_rng(20_210_000)
    spoken = [phrase for language in LANGUAGES for phrase in _phrases_of(language, rng)]
    return ("", *spoken, *(phrase.upper() for phrase in spoken))


SHOUT = N_PHRASES * len(LANGUAGES)


def _phrases_of(language: str, rng: np.random.Generator) -> Sequence[str]:
    """Make the phrases of one language, three to five words each."""
    words = np.array(WORDS[language], dtype=object)
    between = "" if language == "zh" else " "
    chosen = rng.integers(0, len(words), (N_PHRASES, 5))
    lengths = rng.integers(3, 6, N_PHRASES)
    return [between.join(words[row[:length]]) for row, length in zip(chosen, lengths, strict=True)]
