// What makes the books of a café, a joinery, a software studio and a trading company differ: names, prices and people.

export interface Trade {
  readonly customers: readonly (readonly [name: string, contact: string, city: string])[];
  readonly suppliers: readonly (readonly [name: string, contact: string, city: string])[];
  /** Sold items have a sale price, bought ones a purchase price. */
  readonly items: readonly (readonly [
    code: string,
    name: string,
    sale: string | undefined,
    purchase: string | undefined,
  ])[];
  readonly tracking: readonly (readonly [parent: string, children: readonly string[]])[];
}

const cafe: Trade = {
  customers: [
    ['Harbour Books', 'Niamh Carroll', 'Bristol'],
    ['Riverside Yoga', 'Priya Nair', 'Bristol'],
    ['St Mary Community Centre', 'Tom Ellison', 'Bath'],
    ['Bright & Co Architects', 'Ines Moreau', 'Bristol'],
    ['Avon Rowing Club', 'Callum Reid', 'Keynsham'],
    ['Lockside Offices', 'Hannah Webb', 'Bristol'],
    ['Marlow Weddings', 'Grace Obi', 'Bath'],
    ['The Print Room', 'Owen Pryce', 'Bristol'],
  ],
  suppliers: [
    ['Two Rivers Roastery', 'Sam Adeyemi', 'Bristol'],
    ['Mendip Dairy', 'Ruth Coles', 'Wells'],
    ['Flour Street Bakery', 'Leo Marsh', 'Bristol'],
    ['Westcountry Greens', 'Jo Tanner', 'Taunton'],
    ['Severn Packaging', 'Dev Patel', 'Gloucester'],
    ['Espresso Machine Care', 'Marta Nowak', 'Bristol'],
  ],
  items: [
    ['COF-BAG', 'House blend coffee 250 g', '8.50', '4.10'],
    ['CAT-LUN', 'Catered lunch per head', '14.00', undefined],
    ['CAT-BRK', 'Catered breakfast per head', '9.50', undefined],
    ['CAKE-W', 'Whole cake', '32.00', '15.25'],
    ['HIRE-EVE', 'Evening hire of the room', '220.00', undefined],
    ['MILK-2L', 'Whole milk 2 l', undefined, '1.85'],
    ['CUP-8OZ', 'Paper cups 8 oz, 500', undefined, '38.40'],
    ['WORK-BAR', 'Barista workshop', '65.00', undefined],
  ],
  tracking: [
    ['Department', ['Counter', 'Catering', 'Events']],
    ['Site', ['Riverside', 'Market stall']],
  ],
};

const joinery: Trade = {
  customers: [
    ['Penrose Homes', 'Alan Penrose', 'Sheffield'],
    ['Mr and Mrs Whitlock', 'Carol Whitlock', 'Bakewell'],
    ['Steel City Lofts', 'Jamal Hussain', 'Sheffield'],
    ['Derwent Primary School', 'Fiona Clarke', 'Matlock'],
    ['The Old Vicarage Hotel', 'Peter Lund', 'Buxton'],
    ['Hallam Interiors', 'Sophie Tran', 'Sheffield'],
    ['Peak Kitchens', 'Gary Dunn', 'Chesterfield'],
    ['Don Valley Properties', 'Amara Eze', 'Rotherham'],
  ],
  suppliers: [
    ['Kelham Timber', 'Bob Sykes', 'Sheffield'],
    ['Northern Ironmongery', 'Jean Pike', 'Leeds'],
    ['Ridgeway Glass', 'Nick Rowan', 'Sheffield'],
    ['Fastfix Supplies', 'Lena Koch', 'Doncaster'],
    ['Hope Valley Finishes', 'Rob Yates', 'Hope'],
    ['Sharp Edge Tool Hire', 'Mo Farouk', 'Sheffield'],
  ],
  items: [
    ['DOOR-OAK', 'Oak door, made to measure', '640.00', undefined],
    ['WIN-SASH', 'Sash window, double glazed', '980.00', undefined],
    ['STAIR', 'Staircase, softwood', '2850.00', undefined],
    ['LAB-JOIN', 'Joiner, hour', '42.00', undefined],
    ['LAB-FIT', 'Fitting, day', '290.00', undefined],
    ['OAK-PLK', 'Oak plank 4 m', undefined, '58.75'],
    ['HINGE-B', 'Brass hinge, pair', '11.20', '5.60'],
    ['GLASS-M2', 'Double glazing, m²', undefined, '74.30'],
  ],
  tracking: [
    ['Workshop', ['Bench', 'Machine room', 'Site work']],
    ['Region', ['City', 'Peak']],
  ],
};

const studio: Trade = {
  customers: [
    ['Fernhill Energy', 'Kate Osborne', 'Leeds'],
    ['Northgate Clinics', 'Dr Arun Rao', 'York'],
    ['Tideway Logistics', 'Ben Foster', 'Hull'],
    ['Copper Lane Records', 'Mia Strand', 'Manchester'],
    ['Oxbow Insurance', 'Helen Price', 'Leeds'],
    ['Halden Museums', 'Erik Dahl', 'Newcastle'],
    ['Quarry Bank School', 'Joan Firth', 'Bradford'],
    ['Sable & Finch', 'Zoe Finch', 'London'],
  ],
  suppliers: [
    ['Cloudbank Hosting', 'Accounts team', 'Dublin'],
    ['Deskworks', 'Paul Grant', 'Leeds'],
    ['Type & Colour', 'Ana Ruiz', 'Manchester'],
    ['Freelance Circle', 'Dan Wood', 'London'],
    ['Aire Internet', 'Support', 'Leeds'],
    ['Mill House Offices', 'Rita Shaw', 'Leeds'],
  ],
  items: [
    ['DEV-DAY', 'Development, day', '720.00', undefined],
    ['DES-DAY', 'Design, day', '640.00', undefined],
    ['SUP-MON', 'Support plan, month', '450.00', undefined],
    ['HOST-MON', 'Managed hosting, month', '180.00', '95.00'],
    ['AUDIT', 'Accessibility audit', '1900.00', undefined],
    ['TRAIN', 'Training session', '850.00', undefined],
    ['LAPTOP', 'Laptop', undefined, '1349.00'],
    ['FONT-LIC', 'Font licence', '240.00', '160.00'],
  ],
  tracking: [
    ['Team', ['Development', 'Design', 'Support']],
    ['Office', ['Leeds', 'Remote']],
  ],
};

const trading: Trade = {
  customers: [
    ['Alder Retail Group', 'Maya Lindqvist', 'Nottingham'],
    ['Beacon Garden Centre', 'Colin Shore', 'Derby'],
    ['Castle Street Stores', 'Nadia Rahman', 'Lincoln'],
    ['Dovecote Gifts', 'Emma Holt', 'Leicester'],
    ['Eastgate Supplies', 'Victor Bell', 'Nottingham'],
    ['Foxglove Interiors', 'Laura Quinn', 'Newark'],
    ['Granby Hardware', 'Ian Moss', 'Mansfield'],
    ['Hillcrest Hotels', 'Olu Bankole', 'Derby'],
  ],
  suppliers: [
    ['Meridian Imports', 'Chen Wei', 'Felixstowe'],
    ['Pennine Potteries', 'Sue Hargreaves', 'Stoke-on-Trent'],
    ['Trent Haulage', 'Mick Dale', 'Nottingham'],
    ['Corby Cartons', 'Elena Rossi', 'Corby'],
    ['Midland Office Services', 'Raj Gill', 'Leicester'],
    ['Vale Utilities', 'Billing', 'Derby'],
  ],
  items: [
    ['POT-L', 'Glazed pot, large', '24.00', '11.30'],
    ['POT-S', 'Glazed pot, small', '12.50', '5.40'],
    ['LANT-BR', 'Brass lantern', '38.00', '19.75'],
    ['BASK-W', 'Willow basket', '16.80', '7.95'],
    ['DEL-PAL', 'Pallet delivery', '65.00', '48.00'],
    ['DISP-STD', 'Display stand', '110.00', '62.50'],
    ['CONS-HR', 'Merchandising advice, hour', '55.00', undefined],
    ['CARTON', 'Carton, 50', undefined, '31.20'],
  ],
  tracking: [
    ['Channel', ['Wholesale', 'Online', 'Fairs']],
    ['Warehouse', ['North', 'South']],
  ],
};

export const trades = { trading, cafe, joinery, 'software-studio': studio } as const;
