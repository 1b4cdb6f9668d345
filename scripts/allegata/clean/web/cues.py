"""Teasers, prompts and credits by their words, in the languages of the web that the English rules do not read.

A cue ("Lea también:", "Lesen Sie auch", "Czytaj też:") counts only with a second sign: a colon or arrow after
it, links that carry the rest of the line, or nothing else on the line. Lists below a lone cue go with it as
long as they are links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from allegata.clean.page import Hit
from allegata.clean.web.page import WebPage

NAME = "cues/1"

_MOST_WORDS = 40
_READ_ALSO = (
    # Spanish, Portuguese
    r"(?:lea|lee|leer|leia|mira|mirá|mire|vea|ve|ver|veja|puedes ver|confira|saiba|conoce|conozca|entérate|además lea)"
    r"(?: (?:también|tambien|también en|más|mais|também|además|aquí|esto))?|"
    r"(?:también )?(?:te|le|les) puede(?:n)? interesar|notas? relacionadas?|noticias? relacionadas?|"
    r"(?:no te pierdas|siga leyendo|sigue leyendo|más noticias|más información|más sobre .{1,40})|"
    # French
    r"(?:à|a) (?:lire|voir|découvrir|écouter)(?: aussi| également)?|"
    r"(?:lire|voir) (?:aussi|également)|sur le m[êe]me sujet|"
    # German
    r"(?:lesen sie|lies|lest) (?:auch|hier|mehr|dazu|weiter)(?: (?:auch|mehr|dazu|hier))?|auch interessant|"
    r"mehr (?:zum thema|dazu|lesen|von .{1,30}|aus .{1,30})(?: auf .{1,30})?|"
    r"weitere (?:themen|artikel|beiträge|meldungen|nachrichten)|"
    r"das könnte (?:sie|dich|euch) (?:auch )?interessieren|siehe auch|schon gelesen\??|"
    r"lesetipps?|zum thema|weiterlesen|"
    r"empfehlung(?:en)? der redaktion|top-themen(?: .{1,30})?|beiträge aus dem forum|passend dazu|verwandte artikel|"
    # Polish, Italian, Dutch, Scandinavian
    r"(?:czytaj|zobacz|przeczytaj|sprawdź)(?: (?:też|także|również|więcej|koniecznie))|polecamy|"
    r"leggi anche|vedi anche|potrebbe interessarti|approfondisci|lees (?:ook|meer|verder)|bekijk ook|"
    r"läs (?:också|även|mer)|les (?:også|mer)|læs (?:også|mere)|"
    # Russian, Ukrainian, Turkish, Arabic, Chinese, Japanese, Korean
    r"читайте (?:также|також|ещё|еще)|смотрите также|по теме|(?:ayrıca|bunu da) oku(?:yun)?|ilgili haber(?:ler)?|"
    r"اقر[أا] أيض[اً]+|相关阅读|延伸阅读|推荐阅读|関連記事|あわせて読みたい|관련 ?기사|"
    # English, where a link shows that it is no sentence
    r"(?:also )?(?:read|see|watch)(?: also| more| next)?|related(?: \w+)?|(?:more|read more) (?:from|on|about) .{1,40}|"
    r"recommended(?: \w+)?|don't miss|you may also like"
)
_CUE = re.compile(rf"[\W_]{{0,4}}(?:{_READ_ALSO})")
_CUED = re.compile(rf"[\W_]{{0,4}}(?:{_READ_ALSO})(?P<mark>\s*[:»›>→|]+|\s+-)?\s*(?P<rest>.*)")
_ALONE = re.compile(rf"[\W_]{{0,4}}(?:{_READ_ALSO})[\s:.…!?»›>→-]*")
_INVITE = re.compile(
    r"(?:¿[^?]{1,80}\?\s*)?(?:s[ií]guenos|síganos|suscr[ií]be\w*|únete|unite|recibe|descarga|puede escribirnos|"
    r"abonnez|suivez|inscrivez|recevez|téléchargez|"
    r"folgen sie|folge|folgt|abonnier\w*|jetzt (?:abonnieren|anmelden)|melde(?:n sie)? (?:dich|sich)|lust auf mehr|"
    r"zapraszamy|obserwuj|subskrybuj|dołącz|polub|seguici|iscriviti|inscreva-se|siga|acompanhe|receba|volg|"
    r"подпи(?:сывайтесь|шитесь)|takip edin|if you (?:enjoyed|liked)|do you want to (?:be informed|receive)|"
    r"for the latest|submit your|to (?:view|read) the full|first-time subscribers|if you're seeing this message)"
)
_CHANNEL = re.compile(
    r"newsletter|telegram|whatsapp|facebook|instagram|twitter|youtube|google news|posteingang|inbox|feed|\bapps?\b|"
    r"subs[ck]r|suscri|abonn|iscri|redes sociales|réseaux|boletín|sign up|support|alertes?|"
    r"notificaciones|via this form|tygodnik|log in"
)
_CREDIT = re.compile(
    r"[(\[]?(?:(?:titel|beitrags|symbol)?(?:bild|foto)(?:s|er)?(?:nachweis|quelle|credit)?(?: \d+)?|fot\.|"
    r"crédits? photos?|photos?|cr[ée]dito|fotografía|imagen|immagine|quelle|copyright|"
    r"text und fotos?|grafik)\s*(?:[:©/]|(?<=fot\.))\s*\S.{0,110}|"
    r"[(\[]?©\s*\S.{0,110}"
)
_COMMENTING = re.compile(
    r"(?:keine|\d+|noch keine) kommentare?(?: .{0,60})?|kommentare? ?(?:insgesamt|schreiben|\(\d+\)|:)? ?:? ?\d*|"
    r"schreibe? einen kommentar|(?:aucun|\d+) commentaires?|laiss\w+ un commentaire|"
    r"(?:deja|dejar|escribe) un comentario|(?:no|\d+) comentarios?|dodaj komentarz|"
    r"(?:du musst|sie müssen) (?:\w+ ){0,2}eingeloggt sein.{0,120}|"
    r"lascia un commento"
)


def find(page: WebPage) -> Iterator[Hit]:
    """Blocks that open with a cue or are one; the links listed below a lone cue."""
    free = page.free()
    listed = -1  # the block that continues a list of teasers
    for order, index in enumerate(free):
        line, linked = page.folded[index], page.facts[index].link_density
        if not line:
            continue
        cue = page.word_counts[index] <= _MOST_WORDS and bool(_CUE.match(line))
        if index == listed and linked >= 0.8:
            yield Hit(index, index, "related_teaser", f"a link listed below a teaser cue, {linked:.0%} linked")
            listed = _next(free, order)
        elif cue and _ALONE.fullmatch(line) and _introduces_links(page, free, order):
            yield Hit(index, index, "related_teaser", f"teaser cue {line[:60]!r}")
            listed = _next(free, order)
        elif found := _judge(page, index, cue=cue):
            yield Hit(index, index, *found)


def _judge(page: WebPage, index: int, *, cue: bool) -> tuple[str, str] | None:
    line, words, linked = page.folded[index], page.word_counts[index], page.facts[index].link_density
    if words > _MOST_WORDS:
        return None
    cued = _CUED.fullmatch(line) if cue else None
    if cued and cued["rest"] and linked >= (0.25 if cued["mark"] else 0.6):
        return "related_teaser", f"teaser cue {line[:40]!r}, {linked:.0%} of the line is linked"
    invite = _INVITE.match(line)
    if invite and (channel := _CHANNEL.search(line)):
        return "newsletter_prompt", f"{invite.group()[:40]!r} with {channel.group()!r}"
    if words <= 18 and _CREDIT.fullmatch(line):
        return "credit", f"credit line {line[:60]!r}"
    if words <= 18 and _COMMENTING.fullmatch(line.strip(" .!:()")):
        return "comments", f"comment form {line[:60]!r}"
    return None


def _next(free: list[int], order: int) -> int:
    return free[order + 1] if order + 1 < len(free) else -1


def _introduces_links(page: WebPage, free: list[int], order: int) -> bool:
    """True if links, or nothing at all, follow the cue."""
    following = _next(free, order)
    return following < 0 or page.facts[following].link_density >= 0.8
