/* Every diagnostic of the reader: X(name, number, title, explanation). The number nnnn is shown as [RTnnnn].
 * RT01xx XML and files, RT02xx values, RT03xx names, RT04xx connections, RT05xx structure, RT06xx scenarios, variants, limits. */
#ifndef TW_DIAGNOSTIC_CODES_H
#define TW_DIAGNOSTIC_CODES_H

#define TW_DIAGNOSTIC_CODES(X)                                                                                              \
  X(TW_E_XML, 101, "malformed XML",                                                                                         \
    "The file is not well-formed XML: a tag is not closed, a quote is missing, a character is not allowed. The place is "   \
    "where the parser gave up; the mistake is there or shortly before.")                                                    \
  X(TW_E_DOCTYPE, 102, "DOCTYPE or entity",                                                                                 \
    "A document type declaration is refused, because it can define entities that read other files or grow without bound. "  \
    "Remove it; files are put together with <xi:include href=\"...\"/>.")                                                   \
  X(TW_E_ROOT, 103, "wrong root element, namespace or version",                                                             \
    "A model starts with <racktwin xmlns=\"urn:racktwin:1\" version=\"1\">, a catalogue file with "                         \
    "<catalogue xmlns=\"urn:racktwin:1\">.")                                                                                \
  X(TW_E_INCLUDE, 104, "include that cannot be followed",                                                                   \
    "<xi:include href=\"...\"/> names a file relative to the including one. It must lie in the model's folder or in the "   \
    "shipped catalogue, must not include itself, and includes may nest 16 deep.")                                           \
  X(TW_E_FILE, 105, "file that cannot be read",                                                                             \
    "The file does not exist, is not readable, is empty or is larger than 64 MiB.")                                         \
  X(TW_E_TEXT, 106, "text where none belongs",                                                                              \
    "All data is in attributes and elements; text belongs only into <title>.")                                              \
  X(TW_E_VALUE, 201, "value that cannot be read",                                                                           \
    "A number needs its unit (\"48 V\", \"4.5 mohm\", \"30 degC\"), a count is a whole number, a choice is one of its "     \
    "words. `racktwin doc ELEMENT` lists the unit of every parameter, `racktwin list units` the units.")                    \
  X(TW_E_RANGE, 202, "value out of range",                                                                                  \
    "The value is outside what is physically sensible for this parameter; most often a prefix is wrong (ohm for mohm).")    \
  X(TW_E_MISSING, 203, "required parameter missing",                                                                        \
    "The parameter has no default and must be given, on the element, by its part, or by a variant.")                        \
  X(TW_E_CURVE, 204, "curve that cannot be used",                                                                           \
    "A curve is written <name x-unit= y-unit= beyond=\"hold|linear|refuse\" points=\"x y; x y\"/> or with csv=\"file.csv\"; "  \
    "x must increase strictly. beyond= says what holds outside its ends and has no default.")                               \
  X(TW_E_MEDIUM, 205, "unknown medium",                                                                                     \
    "A medium is \"water\", \"air\", \"pgNN\" (propylene glycol, NN volume %), \"mpgNN\" (mass %), or the id of a <medium> "    \
    "in the file.")                                                                                                         \
  X(TW_E_QUALITY, 206, "unknown quality",                                                                                   \
    "quality= says how good a figure is: datasheet, standard, measured, analysis or estimate.")                             \
  X(TW_E_PRICE, 209, "price that cannot be read",                                                                           \
    "A price is an amount and the three capital letters of its currency (ISO 4217): \"1200 USD\", \"85.5 EUR\". It is that "  \
    "of one piece with all that is in it; a part whose price is not known has none.")                                       \
  X(TW_E_ELEMENT, 301, "unknown element",                                                                                   \
    "No such element is known at this place. `racktwin list elements` lists the component elements.")                       \
  X(TW_E_ATTRIBUTE, 302, "unknown attribute",                                                                               \
    "The element has no such attribute or parameter. `racktwin doc ELEMENT` lists its parameters.")                         \
  X(TW_E_ATTRIBUTE_MISSING, 303, "required attribute missing",                                                              \
    "The element needs this attribute to have a meaning.")                                                                  \
  X(TW_E_ID, 304, "id that cannot be used",                                                                                 \
    "An id has letters, digits, '-' and '_', and starts with a letter or digit: paths are made from ids with '.' and [n].")   \
  X(TW_E_DUPLICATE, 305, "id used twice",                                                                                   \
    "Within one scope (the model with its racks, an assembly, the catalogue) an id names one thing.")                       \
  X(TW_E_PART, 306, "unknown or unsuitable part",                                                                           \
    "part= names an element of the catalogue by its id; it must be a part for this element, and must not inherit from "     \
    "itself.")                                                                                                              \
  X(TW_E_ASSEMBLY, 307, "unknown assembly", "assembly= names an <assembly id=\"...\"> of the model or of an included file.")  \
  X(TW_E_PATH, 308, "path that names nothing",                                                                              \
    "A path is made of ids from the outside in, as in tray[3].gpu[1]; indices count from 1, an omitted index means all, "   \
    "and the rack's id is left out. `racktwin show FILE` prints all paths.")                                                \
  X(TW_E_PARAMETER, 309, "path to an unknown parameter or quantity",                                                        \
    "The component exists, but has no such parameter (for set) or output (for limit).")                                     \
  X(TW_E_PORT, 401, "unknown port",                                                                                         \
    "The component has no such port. `racktwin doc ELEMENT` lists its ports.")                                              \
  X(TW_E_KIND, 402, "ports of different kinds joined",                                                                      \
    "Only ports of one kind can be joined: DC to DC, AC to AC, coolant to coolant, heat to heat, a signal's output to "     \
    "signal inputs.")                                                                                                       \
  X(TW_E_PAIRING, 403, "connection between unequal numbers",                                                                \
    "Where an omitted index means several on both sides, the numbers must be equal (they are paired in order), or one "     \
    "side must be exactly one (it is joined to all).")                                                                      \
  X(TW_E_ROLE, 404, "convention without a matching port",                                                                   \
    "fed-by, feeds and cooled-by join ports by their role. Where an element has no or several ports of the role, say it "   \
    "with <connect from=\"a.port\" to=\"b.port\"/>.")                                                                       \
  X(TW_E_INDEX, 405, "port number outside the array",                                                                       \
    "An array of ports is numbered from 1; its size is a parameter of the element, or what is connected.")                  \
  X(TW_E_OPEN, 406, "port not connected",                                                                                   \
    "This port must be connected: without it the component has no supply, no return or no coolant.")                        \
  X(TW_E_WRITERS, 407, "signal with two writers", "A signal has exactly one output that writes it, and any number of inputs.")  \
  X(TW_E_LEADS_NOWHERE, 408, "port that leads nowhere",                                                                     \
    "With these parameters the composite has nothing inside behind this port.")                                             \
  X(TW_E_COMPOSITE, 501, "composite that cannot be built", "The element's parameters do not describe a structure that can be built.")  \
  X(TW_E_COUNT, 502, "absurd or inconsistent count",                                                                        \
    "count= is 1 .. 10000; a model has at most 2 million components in all.")                                               \
  X(TW_E_RACK_UNITS, 503, "rack units that do not fit",                                                                     \
    "u= lists units from the rack's foot (\"3\", \"8..17 27..34\") within units=; their number is that of the instances, or "   \
    "a multiple of it where one occupies several.")                                                                         \
  X(TW_E_NESTING, 504, "element at the wrong place",                                                                        \
    "Racks do not nest, an assembly does not contain itself, and height units belong to what stands in a rack.")            \
  X(TW_E_EMPTY, 505, "model without components",                                                                            \
    "A model has at least one component element or <use>. `racktwin list elements` lists them.")                            \
  X(TW_E_SCENARIO, 601, "scenario that cannot be run",                                                                      \
    "A scenario has an id, a duration, and events at times within it that set a parameter of a component that exists.")     \
  X(TW_E_WORKLOAD, 602, "workload that cannot be used",                                                                     \
    "A workload has phases (each with a duration and a utilisation for every kind of chip it names) or one trace from a "   \
    "CSV file whose first column is time [s].")                                                                             \
  X(TW_E_VARIANT, 603, "variant that cannot be used",                                                                       \
    "A variant changes the model: <set at= value=/>, <replace use= part=/>, <limit>, <ambient>; base= names the variant "   \
    "it starts from, without a loop.")                                                                                      \
  X(TW_E_LIMIT, 604, "limit that cannot be checked",                                                                        \
    "<limit of=\"path.quantity\" max=\"...\" min=\"...\"/> bounds an output of at least one component. A row of "              \
    "--utility-limit bounds an amplitude within 0.1 to 20 Hz, and not below what the run is long enough for.")                     \
  X(TW_E_SET, 605, "set that cannot be made",                                                                               \
    "A setting is path=value on the command line, <set at=\"path\" value=\"...\"/> in a variant, and set=\"path\" value= in "   \
    "an event; in an event only figures can change, not the structure.")                                                    \
  X(TW_W_EVENT_LATE, 606, "event after the end", "The event is later than the scenario's duration and never happens.") \
  X(TW_E_DERIVE, 207, "figures that do not fit together",                                                                   \
    "Each figure is in its range, but together they describe no possible part: an approach that needs more than all the "   \
    "heat, a curve for another current, a loss that exceeds the rating.")                                                   \
  X(TW_E_MEDIUM_MIXED, 409, "two media in one fluid net",                                                                   \
    "Everything that coolant can reach without crossing a heat exchanger holds one medium.")                                \
  X(TW_E_MEDIUM_MISSING, 410, "fluid net without a medium",                                                                 \
    "One part of each fluid net names its medium, most naturally the manifold, the CDU or the boundary.")                   \
  X(TW_E_PHASES, 411, "AC parts with different numbers of phases",                                                          \
    "Power is counted per phase; parts that meet at a node have the same `phases`.")                                        \
  X(TW_E_NO_REFERENCE, 412, "island without a reference",                                                                   \
    "Voltages, phase angles and pressures are known against something only: a DC island needs a source, a power supply or "  \
    "a <ground>, an AC island a grid or UPS, a coolant loop one <pressure-holder>, CDU, tank or boundary.")                 \
  X(TW_E_TWO_REFERENCES, 413, "pressure held twice",                                                                        \
    "A <pressure-holder> stands for the mass balance of its closed loop. With anything else in the loop that holds a "      \
    "pressure, coolant would flow from one to the other for ever. Of several CDUs in one loop one has the vessel, the "      \
    "others vessel=\"no\".")                                                         \
  X(TW_E_FLOWS, 414, "flow given from all sides",                                                                           \
    "Everything that leads into this stretch gives its flow, whatever the pressure: the flows add up to zero only by "      \
    "chance, and no pressure follows. One of them must give way, like a pump, a <pressure-source> or a boundary of given "  \
    "pressure.")                                                                                                            \
  X(TW_E_HEAT_PATH, 415, "heat without a way out",                                                                          \
    "Heat leaves through coolant that leaves the model, the ambient (heat ports that are not connected) or a "              \
    "<fixed-temperature>. Without one of them every temperature rises for ever.")                                           \
  X(TW_E_INERTIAS, 416, "inertias without give between them",                                                               \
    "Where only inertias (<fluid-inertance>, <inductor>) and given flows meet, none of the flows can change alone. Put the "  \
    "inertia of a whole branch into one element, or something between them that gives way.")                                \
  X(TW_E_UNDETERMINED, 701, "quantity that nothing determines",                                                             \
    "The equations leave this quantity free: an electric island without a source, a coolant loop in which nothing holds "   \
    "the pressure, a part without connection.")                                                                             \
  X(TW_E_COLLAPSE, 702, "no steady state: voltage collapse",                                                                \
    "Constant-power loads draw more current as the voltage falls. Beyond the nose of the power-voltage curve no operating "  \
    "point exists; the message says how much of the load can be supplied.")                                                 \
  X(TW_E_RUNAWAY, 709, "no steady state: thermal runaway",                                                                  \
    "Leakage and resistance grow with temperature. Beyond the message's share of the loads each kelvin brings more heat "   \
    "than the cooling carries off for it, and no operating point exists.")                                                  \
  X(TW_E_NO_SOLUTION, 703, "no steady state found",                                                                         \
    "Neither Newton's method, nor raising the loads step by step, nor going there in pseudo-time found an operating point.")  \
  X(TW_E_CYCLE, 704, "no steady state: switches that undo each other",                                                      \
    "A part with states (on, off, throttled, phases active) leaves a state and is driven back into it.")                    \
  X(TW_E_MEDIUM_RANGE, 705, "coolant outside its known range",                                                              \
    "The solution would need properties of the medium where its correlation is not valid (boiling, freezing). It is "       \
    "refused rather than extrapolated.")                                                                                    \
  X(TW_E_CURVE_RANGE, 706, "curve used where it is refused",                                                                \
    "The operating point lies beyond the ends of a curve that says beyond=\"refuse\".")                                     \
  X(TW_E_AUDIT, 707, "balance not closed",                                                                                  \
    "Energy that enters is not energy that leaves or is stored. The result is not shown; this is a defect of the program "   \
    "or of a component, which the message names.")                                                                          \
  X(TW_W_STOCK, 713, "not a lasting state",                                                                                  \
    "A steady state holds what is stored (charge, a level) at its start value. Here it is being used up or filled: the "    \
    "figures hold for a moment, not for ever, and the message says how fast the store changes. A run shows what follows.")   \
  X(TW_E_TIME, 708, "run that could not go on",                                                                             \
    "The equations could not be continued in time from the moment named.")                                                  \
  X(TW_W_COLLAPSED, 711, "supply that collapsed in a run",                                                                  \
    "A load has been below its v_min for a second or more. It goes on by a law that takes less than it asks for, so that "   \
    "the run has an answer; a real load trips. The run ends with exit code 1. V_trip of a <hot-swap> is an undervoltage "   \
    "trip.")                                                                                                                \
  X(TW_E_CHATTER, 710, "switches that chatter",                                                                             \
    "A part goes to and fro between two states without time passing, or a hundred times within 100 ms. Each state brings "  \
    "back the other: a trip whose reset lies inside its own effect, two parts that undo each other. Wider hysteresis, a "   \
    "trip without restart, or less load ends it.")

enum {
#define TW_CODE(name, number, title, text) name = number,
  TW_DIAGNOSTIC_CODES(TW_CODE)
#undef TW_CODE
};
#endif
