/* The same short letter in six languages, with the letters that are hard in each. */
#ifndef TESTS_LETTERS_H
#define TESTS_LETTERS_H

static const struct {
    const char *language, *text;
} letters[] = {
    {"nb", "Faktura 10482 fra Nordlys Kontor AS\n"
           "Fakturadato 14.03.2026 og forfall 28.03.2026\n"
           "Kjøkkenstoler av bjørk med grå sitteflate\n"
           "Vår referanse Åse Sørbø på lageret i Ålesund\n"
           "Beløpet betales til konto 1503 22 41879\n"
           "Netto 8 450,00 pluss 25 prosent merverdiavgift\n"
           "Ved for sen betaling påløper forsinkelsesrente"},
    {"da", "Faktura 7731 fra Hårby Tømrerforretning ApS\n"
           "Leveringsdato 2. maj 2026 til Nørregade i Århus\n"
           "Udført arbejde på tagryg og skærmvæg efter aftale\n"
           "Beløbet forfalder otte dage efter modtagelsen\n"
           "Betaling til registreringsnummer 3574 konto 4412098\n"
           "Momsen udgør 25 procent af det samlede beløb"},
    {"sv", "Faktura 20931 från Västkustens Måleri AB\n"
           "Fakturadatum 2026-05-11 och förfallodatum 2026-06-10\n"
           "Målning av två väggar och tak på övre våningen\n"
           "Er referens Åke Öberg på kontoret i Göteborg\n"
           "Betalas till bankgiro 5050-1055 senast på förfallodagen\n"
           "Dröjsmålsränta räknas från den dagen"},
    {"de", "Rechnung 4417 der Möbelwerkstatt Weiß GmbH\n"
           "Rechnungsdatum 03.02.2026 und Lieferung am 30.01.2026\n"
           "Zwölf Stühle aus Buche für den großen Besprechungsraum\n"
           "Bitte überweisen Sie den Betrag innerhalb von zehn Tagen\n"
           "Umsatzsteuer 19 Prozent auf die Summe aller Positionen\n"
           "Für Rückfragen erreichen Sie Frau Jäger täglich"},
    {"hu", "Számla az elvégzett könyvelési szolgáltatásról\n"
           "Teljesítés időpontja és fizetési határidő szerint\n"
           "Győri Műhely Korlátolt Felelősségű Társaság\n"
           "Összesen fizetendő összeg forintban értendő\n"
           "Az áfa mértéke huszonhét százalék minden tételre\n"
           "Köszönjük hogy időben kiegyenlítette tartozását"},
    {"en", "Invoice 55120 from Harbour Lights Stationery Limited\n"
           "Date of issue 17 August 2026 and due within thirty days\n"
           "Twenty boxes of envelopes and four reams of paper\n"
           "Please quote the order number 88231 with your payment\n"
           "The total includes value added tax at twenty per cent\n"
           "Goods remain our property until paid for in full"},
};

#endif
